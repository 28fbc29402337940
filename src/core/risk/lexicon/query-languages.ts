/** Query languages by what they can do: some can only read, some can write too. */
export const scanLanguages: ReadonlyMap<string, 'reads' | 'writes'> = new Map([
  ...'soql sosl promql jql kql dql logsql logql apl wiql cel jsonpath xpath lucene metricsql traceql odata algolia sparkline nrql'
    .split(' ')
    .map((word) => [word, 'reads'] as const),
  ...'sql cypher sparql gremlin graphql mongodb nosql plsql tsql flux'
    .split(' ')
    .map((word) => [word, 'writes'] as const),
]);

/**
 * The methods that a policy rules besides `tools/call`: whatever reads, runs or asks. Lists and the housekeeping of the
 * protocol pass without being asked about; methods that are neither here nor there are unknown and always refused.
 */
export const governedMethods = [
  'resources/read',
  'resources/subscribe',
  'prompts/get',
  'completion/complete',
  'subscriptions/listen',
  'tasks/get',
  'tasks/result',
  'tasks/update',
  'tasks/cancel',
  'sampling/createMessage',
  'elicitation/create',
] as const;
export type GovernedMethod = (typeof governedMethods)[number];

/** Requests of a server to the person or model behind the client: refused, whatever the default, unless a policy names them. */
export const methodsRefusedUnlessNamed: readonly GovernedMethod[] = ['sampling/createMessage', 'elicitation/create'];

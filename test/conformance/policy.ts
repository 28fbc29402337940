/** Allows what the scenarios do: sampling and elicitation have to be named, the rest follows the default. */
export const conformancePolicy = {
  version: '1',
  default: 'allow',
  methods: { 'sampling/createMessage': {}, 'elicitation/create': {} },
};

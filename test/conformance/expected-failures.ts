/**
 * Checks that are known to be lost through the gateway, by revision, each with its reason. An entry that is not lost any
 * more fails the run until it is removed here.
 */
const INPUT_REQUIRED = 'results that ask for input are not passed on';

export const expectedFailures: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '2026-07-28': {
    'input-required-result-basic-elicitation/sep-2322-elicitation-incomplete': INPUT_REQUIRED,
    'input-required-result-basic-elicitation/sep-2322-elicitation-complete': INPUT_REQUIRED,
    'input-required-result-basic-list-roots/sep-2322-list-roots-incomplete': INPUT_REQUIRED,
    'input-required-result-basic-list-roots/sep-2322-list-roots-complete': INPUT_REQUIRED,
    'input-required-result-basic-sampling/sep-2322-sampling-incomplete': INPUT_REQUIRED,
    'input-required-result-basic-sampling/sep-2322-sampling-complete': INPUT_REQUIRED,
    'input-required-result-capability-check/sep-2322-respect-client-capabilities': INPUT_REQUIRED,
    'input-required-result-missing-input-response/sep-2322-missing-response-rerequests': INPUT_REQUIRED,
    'input-required-result-multi-round/sep-2322-multi-round-r1': INPUT_REQUIRED,
    'input-required-result-multi-round/sep-2322-multi-round-r2': INPUT_REQUIRED,
    'input-required-result-multi-round/sep-2322-multi-round-r3': INPUT_REQUIRED,
    'input-required-result-multiple-input-requests/sep-2322-multiple-inputs-incomplete': INPUT_REQUIRED,
    'input-required-result-multiple-input-requests/sep-2322-multiple-inputs-complete': INPUT_REQUIRED,
    'input-required-result-non-tool-request/sep-2322-non-tool-incomplete': INPUT_REQUIRED,
    'input-required-result-non-tool-request/sep-2322-non-tool-complete': INPUT_REQUIRED,
    'input-required-result-request-state/sep-2322-request-state-incomplete': INPUT_REQUIRED,
    'input-required-result-request-state/sep-2322-request-state-complete': INPUT_REQUIRED,
    'input-required-result-result-type/sep-2322-result-type-included': INPUT_REQUIRED,
    'input-required-result-tampered-state/sep-2322-reject-tampered-state': INPUT_REQUIRED,
    'server-stateless/sep-2575-http-server-no-independent-requests-on-stream': INPUT_REQUIRED,
  },
};

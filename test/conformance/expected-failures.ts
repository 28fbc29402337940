/**
 * Checks that are known to be lost through the gateway, by revision, each with its reason. An entry that is not lost any
 * more fails the run until it is removed here.
 */
export const expectedFailures: Readonly<Record<string, Readonly<Record<string, string>>>> = {};

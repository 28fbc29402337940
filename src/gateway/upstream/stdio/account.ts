import { readFile } from 'node:fs/promises';
import { err, ok, type Result } from '../../../core/result.ts';
import type { StdioStartFailure } from './failure.ts';

/** The account a child runs as. Supplementary groups are always dropped with it. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly name?: string;
  readonly home?: string;
}

/**
 * Gives the account that `user` names: `uid:gid`, or a name in the passwd file. Accounts of directory services are not
 * in that file and are given by number. Only root may change accounts.
 */
export async function resolveAccount(
  user: string,
  gatewayUid: number | undefined,
  passwdFile = '/etc/passwd',
): Promise<Result<Account, StdioStartFailure>> {
  if (gatewayUid !== 0) {
    return err({
      kind: 'user_not_permitted',
      message: `user ${JSON.stringify(user)}: only a gateway that runs as root can start servers as another user`,
    });
  }
  const numbers = /^(\d{1,10}):(\d{1,10})$/.exec(user);
  if (numbers !== null) return ok({ uid: Number(numbers[1]), gid: Number(numbers[2]) });
  for (const line of (await readFile(passwdFile, 'utf8')).split('\n')) {
    const [name, , uid, gid, , home] = line.split(':');
    if (name === user && name !== '' && uid !== undefined && gid !== undefined && /^\d+$/.test(uid + gid)) {
      return ok({ uid: Number(uid), gid: Number(gid), name, ...(home !== undefined && home !== '' && { home }) });
    }
  }
  return err({
    kind: 'user_unknown',
    message: `user ${JSON.stringify(user)} is not in ${passwdFile}; give an account from elsewhere as "uid:gid"`,
  });
}

/** The variables that tell a program who it is, for a child that runs as another account than the gateway. */
export function accountVariables(account: Account): Record<string, string> {
  return {
    HOME: account.home ?? '/',
    ...(account.name !== undefined && { USER: account.name, LOGNAME: account.name }),
  };
}

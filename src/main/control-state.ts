/** Opens what the control plane stands on: database, keys, and the tools that plans need. */
import { randomBytes } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { createGrantToken } from '../core/identity/grant-token.ts';
import type { DefinitionStore } from '../core/organisation/definitions.ts';
import type { PlanTools } from '../core/organisation/plan-apply.ts';
import type { ControlStore } from '../core/organisation/state.ts';
import { type KeyRing, openKeyRing } from '../stores/keys/key-ring.ts';
import { createId, entryFingerprint, openControlStore } from '../stores/sql/control-store.ts';
import { openDatabase } from '../stores/sql/database.ts';
import { openDefinitionStore } from '../stores/sql/definition-store.ts';
import { type DataDirectory, reasonOf, StartProblem } from './data-directory.ts';

export interface OpenedControlState {
  readonly store: ControlStore;
  readonly definitions: DefinitionStore;
  readonly keys: KeyRing;
  readonly planTools: PlanTools;
  readonly changeCounter: () => number;
  close(): Promise<void>;
}

export async function openControlState(directory: DataDirectory): Promise<OpenedControlState> {
  const keys = guarded(() => openKeyRing(directory.path));
  const database = await openDatabase(directory.controlDatabase).catch((error: unknown) => {
    throw new StartProblem(`the control database ${directory.controlDatabase} cannot be opened: ${reasonOf(error)}`);
  });
  chmodSync(directory.controlDatabase, 0o600);
  const store = await openControlStore(database.db, keys, Date.now);
  return {
    store,
    definitions: openDefinitionStore(database.db, Date.now),
    keys,
    planTools: {
      createId,
      createToken: () => createGrantToken(randomBytes(32)),
      hashToken: (token) => keys.hashToken(token),
      fingerprint: (entry) => entryFingerprint(keys, entry),
    },
    changeCounter: database.changeCounter,
    close: database.close,
  };
}

function guarded<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw new StartProblem(reasonOf(error));
  }
}

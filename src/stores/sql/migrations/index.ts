import type { Migration } from 'kysely/migration';
import * as controlState from './0001-control-state.ts';

/** In order of their names; append only. */
export const migrations: Record<string, Migration> = {
  '0001-control-state': controlState,
};

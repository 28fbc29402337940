import { test } from 'vitest';
import { killWhileAdmitting } from './killed-while-admitting.ts';

test('no admitted call is missing and no counter over-admits after kill -9, 10 times', async () => {
  await killWhileAdmitting(10);
});

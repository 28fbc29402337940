import { test } from 'vitest';
import { killWhileAdmitting } from '../durability/killed-while-admitting.ts';

test('no admitted call is missing and no counter over-admits after kill -9, 100 times', {
  timeout: 600_000,
}, async () => {
  await killWhileAdmitting(100);
});

import { argvIn } from './argv-in.ts';
import { cidrIn } from './cidr-in.ts';
import { contains } from './contains.ts';
import { emailDomainIn } from './email-domain-in.ts';
import { endsWith } from './ends-with.ts';
import { eq } from './eq.ts';
import { exists } from './exists.ts';
import { gt } from './gt.ts';
import { gte } from './gte.ts';
import { hostIn } from './host-in.ts';
import { isIn } from './in.ts';
import { lengthLte } from './length-lte.ts';
import { lt } from './lt.ts';
import { lte } from './lte.ts';
import { matches } from './matches.ts';
import { neq } from './neq.ts';
import { notIn } from './not-in.ts';
import { pathUnder } from './path-under.ts';
import { regex } from './regex.ts';
import { sqlReadOnly } from './sql-read-only.ts';
import { startsWith } from './starts-with.ts';

/** Every operator of the language. A new one is a file beside this one and a name in this list. */
export const operators = [
  eq,
  neq,
  isIn,
  notIn,
  lt,
  lte,
  gt,
  gte,
  exists,
  regex,
  matches,
  contains,
  startsWith,
  endsWith,
  lengthLte,
  hostIn,
  pathUnder,
  cidrIn,
  emailDomainIn,
  argvIn,
  sqlReadOnly,
] as const;

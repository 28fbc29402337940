import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** An error answer of the control API (RFC 9457): a stable code, a sentence, and all single faults where there are several. */
export function problem(
  context: Context,
  status: ContentfulStatusCode,
  code: string,
  detail: string,
  errors?: readonly unknown[],
): Response {
  return context.body(
    JSON.stringify({
      type: `urn:callgate:problem:${code}`,
      title: code,
      status,
      detail,
      ...(errors === undefined ? {} : { errors }),
    }),
    status,
    {
      'content-type': 'application/problem+json',
    },
  );
}

/**
 * Form elicitation must not ask for secrets (MCP 2025-11-25, "Elicitation", Security Considerations): what is typed into a
 * form passes through the client and the model's context. Servers are to use URL mode for that.
 */
import { isJsonObject, type JsonObject, ownMember } from './json/value.ts';

const SECRET_WORDS =
  /pass(?:word|phrase|code|wd)|secret|credential|api[\s_-]*key|access[\s_-]*key|private[\s_-]*key|(?:access|auth|bearer|refresh|api|session)[\s_-]*token|^token$|card[\s_-]*(?:number|no)|(?:credit|debit|payment|bank)[\s_-]*card|^card$|\bcvv\b|\bcvc\b|security[\s_-]*code|\bpin\b|\bssn\b|social[\s_-]*security|\botp\b|one[\s_-]*time[\s_-]*(?:code|password)|seed[\s_-]*phrase|mnemonic/i;

/** The name of the form field that asks for a secret, or undefined. Takes the params of `elicitation/create`. */
export function secretFieldOf(params: JsonObject): string | undefined {
  const mode = ownMember(params, 'mode');
  const schema = ownMember(params, 'requestedSchema');
  const properties = schema !== undefined && isJsonObject(schema) ? ownMember(schema, 'properties') : undefined;
  if (mode === 'url' || properties === undefined || !isJsonObject(properties)) return undefined;
  return Object.keys(properties).find((name) => {
    const field = properties[name];
    if (field === undefined || !isJsonObject(field)) return SECRET_WORDS.test(spaced(name));
    const title = ownMember(field, 'title');
    const texts = [spaced(name), typeof title === 'string' ? title : ''];
    return ownMember(field, 'format') === 'password' || texts.some((text) => SECRET_WORDS.test(text));
  });
}

/** `cardNumber` → `card Number`, so that words in names are seen as words. */
function spaced(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').replaceAll('_', ' ');
}

/**
 * An exact amount: a safe integer as a number (the usual case, and fast), anything else as the shortest plain decimal
 * text (`"12.5"`, `"9007199254740993"`: no exponent, no leading or trailing zeros). Never a rounded double.
 */
export type Amount = number | string;

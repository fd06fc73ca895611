// What may stand in an HTTP header.

/** A token of RFC 9110, 5.6.2. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Tab, visible ASCII and space, and the upper half of Latin-1, which RFC 9110 calls obs-text. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether the text is a field name (RFC 9110, 5.1). */
export function isHeaderName(name: string): boolean {
	return NAME.test(name);
}

/** Whether the text, or a part of it, can stand in a field value (RFC 9110, 5.5), which Node sends as Latin-1. */
export function isHeaderValue(value: string): boolean {
	return VALUE.test(value);
}

// HTTP headers: what may be in one, and how layers of them become one.

/** A token of RFC 9110, 5.6.2. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Tab, visible ASCII and space, and the upper half of Latin-1, which RFC 9110 calls obs-text. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether the text is a field name (RFC 9110, 5.1). */
export function isHeaderName(name: string): boolean {
	return NAME.test(name);
}

/** Whether the text, or a part of it, can be in a field value (RFC 9110, 5.5), which Node sends as Latin-1. */
export function isHeaderValue(value: string): boolean {
	return VALUE.test(value);
}

/** Those that have none of these names, in any case. */
export function withoutHeaders(
	headers: Readonly<Record<string, string>>,
	names: readonly string[],
): Readonly<Record<string, string>> {
	const left = new Set(names.map((name) => name.toLowerCase()));
	return Object.fromEntries(Object.entries(headers).filter(([name]) => !left.has(name.toLowerCase())));
}

/** Later ones win over earlier ones of the same name in any case, and are written as the winner writes them. */
export function mergeHeaders(...layers: readonly Readonly<Record<string, string>>[]): Record<string, string> {
	const merged: Record<string, string> = {};
	const spelled = new Map<string, string>();
	for (const layer of layers) {
		for (const name of Object.keys(layer)) {
			const lower = name.toLowerCase();
			const before = spelled.get(lower);
			if (before !== undefined && before !== name) delete merged[before];
			spelled.set(lower, name);
			merged[name] = layer[name] ?? "";
		}
	}
	return merged;
}

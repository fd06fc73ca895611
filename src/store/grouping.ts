// Which of the items that wait make full batches.

/** What one batch has at most; an item that has more bytes is a batch of its own. */
export interface BatchLimits {
	readonly items: number;
	readonly bytes: number;
}

/** Full batches of the items in their order; with `all`, the last one too. */
export function group<T extends { readonly bytes: number }>(
	items: readonly T[],
	limits: BatchLimits,
	all: boolean,
): readonly (readonly T[])[] {
	const groups: T[][] = [];
	let open: T[] = [];
	let bytes = 0;
	const close = () => {
		groups.push(open);
		open = [];
		bytes = 0;
	};
	for (const item of items) {
		if (open.length > 0 && bytes + item.bytes > limits.bytes) close();
		open.push(item);
		bytes += item.bytes;
		if (open.length >= limits.items || bytes >= limits.bytes) close();
	}
	if (all && open.length > 0) close();
	return groups;
}

// What of a list has room.

/** How many of the first items have room together. */
export function fitting<T>(items: readonly T[], room: number, size: (item: T) => number): number {
	let left = room;
	const first = items.findIndex((item) => {
		left -= size(item);
		return left < 0;
	});
	return first === -1 ? items.length : first;
}

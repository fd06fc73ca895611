// Keeps a log group whole: what is logged beside it, by webhooks under way, waits until it is closed.

/** A group that is open or not, and what waits for its end. */
export interface Beside {
	open(): void;
	/** Runs what has waited, in its order. */
	close(): void;
	/** Runs `write` now, or once the open group is closed. */
	write(write: () => void): void;
}

export function beside(): Beside {
	let waiting: (() => void)[] | undefined;
	return {
		open: () => {
			waiting = [];
		},
		close: () => {
			const writes = waiting ?? [];
			waiting = undefined;
			for (const write of writes) write();
		},
		write: (write) => {
			if (waiting === undefined) write();
			else waiting.push(write);
		},
	};
}

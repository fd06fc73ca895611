// A lock that the processes of a job share: a file with the name of the one that has it.
import type { Clock, Spool } from "../ports.ts";

/** Milliseconds to wait for another process that is putting events away or taking them out. */
const PATIENCE_MS = 5000;
const PAUSE_MS = 20;

/** Why nothing can be done where another process is at it. */
export const BUSY = "another process does not let go of their folder";

/** What a lock needs of the world. */
export interface LockPorts {
	readonly spool: Spool;
	readonly clock: Clock;
}

/**
 * Does the work while no other process does. The lock of one that has ended is taken over; should two do that at once,
 * what they then do to files is still done to each by one of them.
 */
export async function locked<T>(
	lock: string,
	{ spool, clock }: LockPorts,
	work: () => Promise<T>,
): Promise<T | { readonly problem: string }> {
	for (const start = clock.monotonic(); clock.monotonic() - start < PATIENCE_MS; await clock.sleep(PAUSE_MS)) {
		const made = await spool.create(lock, spool.process);
		if (made === "made") {
			try {
				return await work();
			} finally {
				await spool.remove(lock);
			}
		}
		if (made !== "taken") return made;
		const owner = await spool.read(lock, 100);
		if (owner.kind === "missing") continue;
		const name = owner.kind === "file" ? new TextDecoder().decode(owner.bytes) : "";
		if (!spool.isAlive(name)) await spool.remove(lock);
	}
	return { problem: BUSY };
}

// Does something as a user whom permissions bind: root, as whom CI may run, may read everything.

/** The user and group `nobody` of Debian. */
const NOBODY = 65_534;

/** Runs `body` with the rights of `nobody` where this process is root's, and as it is elsewhere. */
export async function unprivileged<T>(body: () => Promise<T>): Promise<T> {
	if (process.geteuid?.() !== 0) return body();
	process.seteuid?.(NOBODY);
	try {
		return await body();
	} finally {
		process.seteuid?.(0);
	}
}

// The parts of a report, each made and written whatever becomes of the others.

/** Does every part in turn, also where one throws; then throws the first of what was thrown. */
export async function inParts(...parts: readonly (() => unknown)[]): Promise<void> {
	const thrown: unknown[] = [];
	for (const part of parts) {
		try {
			await part();
		} catch (error) {
			thrown.push(error);
		}
	}
	if (thrown.length > 0) throw thrown[0];
}

// What is wrong with a body that a template gave.

/** A body that cannot be sent. The message is one line that begins with `body` and quotes no variable's value. */
export class BodyError extends Error {
	/** One line: what to change in the template. */
	readonly remedy: string;

	constructor(message: string, remedy: string) {
		super(message);
		this.remedy = remedy;
	}
}

// Where a command has quotes, as a POSIX shell reads it.

/**
 * Tells the quote that a place of a command is between; empty if it is in none. Places are asked for from the first on, so
 * that the command is read once.
 */
export function shellQuotes(command: string): (place: number) => string {
	let [at, quote] = [0, ""];
	return (place) => {
		for (; at < place; at++) {
			const character = command[at] ?? "";
			const isComment = quote === "" && character === "#" && /^$|\s/.test(command[at - 1] ?? "");
			if (isComment) {
				const end = command.indexOf("\n", at);
				at = (end === -1 ? command.length : end) - 1;
			} else if (character === "\\" && quote !== "'") at++;
			else if (character === quote) quote = "";
			else if (quote === "" && /["']/.test(character)) quote = character;
		}
		return quote;
	};
}

// Globs: `*` stands for any characters, also none, also dots and slashes; everything else for itself.

/** Whether the whole text is of the pattern, upper and lower case apart. Takes time in proportion to both lengths at most. */
export function matchesGlob(pattern: string, text: string): boolean {
	let [at, here, star, mark] = [0, 0, -1, 0];
	while (here < text.length) {
		if (pattern[at] === "*") {
			star = at++;
			mark = here;
		} else if (pattern[at] === text[here]) {
			at++;
			here++;
		} else if (star >= 0) {
			at = star + 1;
			here = ++mark;
		} else {
			return false;
		}
	}
	while (pattern[at] === "*") at++;
	return at === pattern.length;
}

/** Whether every text of the narrower pattern is of the wider one as well. */
export function coversGlob(wider: string, narrower: string): boolean {
	// A star of the narrower one can be any text, which only a star takes.
	return matchesGlob(wider, narrower);
}

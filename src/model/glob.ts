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

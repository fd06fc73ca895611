// Plain words: what a path, a value or a line is made of when it is not a credential.

/** A word in small letters, capitalized or in capitals, perhaps numbered; a short number; a version. */
const PIECE = /^(?:v?\d{0,4}[a-z]?|[A-Z]?[a-z]{1,15}\d?|[A-Z]{1,15}\d?)$/;
/** No word has so many consonants in a row; most random letters do. */
const UNSPEAKABLE = /[bcdfghjklmnpqrstvwxz]{5}/i;
const CAMEL_CASE = /(?<=[a-z])(?=[A-Z])/;
/** Letters that a word of camel case has on average at least. */
const CAMEL_LETTERS = 3;

/** Whether a secret is a path of plain words, which a context may well have for other reasons. */
export function isPlainPath(secret: string): boolean {
	return secret.startsWith("/") && isPlain(secret);
}

/** Whether a text is made of plain words and short numbers: `services`, `eu-central-1`, `/api/v2/myEvents`. */
export function isPlain(text: string): boolean {
	return text.split(/[^A-Za-z0-9]+/).every((part) => {
		const pieces = part.split(CAMEL_CASE);
		if (pieces.length > 1 && part.length < pieces.length * CAMEL_LETTERS) return false;
		return pieces.every((piece) => PIECE.test(piece) && !UNSPEAKABLE.test(piece));
	});
}

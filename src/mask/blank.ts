// What a mask is, and what it puts in the place of a secret.

/** Blanks every known secret in a text. */
export type Mask = (text: string) => string;

export const BLANK = "***";

/** UTF-16 code units. Shorter texts are words (`eu`, `dev`): blanking them would garble the log and protect nothing. */
export const SHORTEST = 4;

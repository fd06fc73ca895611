// Texts that break careless programs: pieces that mean something to TOML, JSON, Markdown, templates, logs or terminals.
import fc from "fast-check";

const SIGNS =
	"[ ] { } ( ) < > = , . : ; & % @ $ * _ ~ | ` ' \" ``` \"\"\" ''' \\ / # ! ? ${ ${A} $${ {{ }} {{x}} {{/if}} ::";
const WORDS =
	"##[ ]] --> %%% %0A &amp; &#124; <b> </td> <!channel> <@U012AB3CD> __proto__ constructor 1 a null inf nan -0";
const LETTERS = "é e\u0301 日本語 😀 👩\u200d👧 \u{10ffff} \u2237 \uff1a \ufffd";
/** White space of all kinds, controls, marks that are not seen, terminal sequences and halves of characters. */
const UNSEEN = [
	..." \t\n\r\v\f\0\x07\x1b\x7f\x85\xa0\xad\u200b\u200d\u2028\u2029\u202e\u2066\u3000\ufeff\ufffc\ufffe\ud800\udfff",
	"\r\n",
	"\x1b[31m",
	"\x1b]0;title\x07",
];

/** A short piece of text, one of those or anything. */
export const oddPiece: fc.Arbitrary<string> = fc.oneof(
	{
		weight: 3,
		arbitrary: fc.constantFrom(...[SIGNS, WORDS, LETTERS].flatMap((all) => all.split(" ")), ...UNSEEN),
	},
	{ weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 3 }) },
	{ weight: 1, arbitrary: fc.string({ maxLength: 5 }) },
);

/** A text of such pieces. */
export const oddText: fc.Arbitrary<string> = fc.array(oddPiece, { maxLength: 12 }).map((pieces) => pieces.join(""));

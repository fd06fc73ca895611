// Texts that would be workflow commands if the runner were asked, and what comes near to one.
import fc from "fast-check";
import { oddPiece } from "./odd-text.ts";
import { COMMAND_NAMES } from "./runner-commands.ts";

const WORDS =
	":: ::: : # ## ##[ [ ] ]] = , ; %0A %0D%0A %3A%3A ::error ::stop-commands::x ##[group] ##[add-mask]x :: error::".split(
		" ",
	);
const piece = fc.oneof(
	{
		weight: 4,
		arbitrary: fc.constantFrom(...WORDS, "::error file=a::", "error::", "notice]", "endgroup", "Set-Output name=a::"),
	},
	{ weight: 1, arbitrary: fc.constantFrom(...COMMAND_NAMES) },
	// Passed over by .NET when it compares, the last of two code units.
	{ weight: 1, arbitrary: fc.constantFrom("\u200b", "\xad", "\0", "\x1b[0m", "\u{e0100}") },
	{
		weight: 2,
		arbitrary: fc.constantFrom(..." \t\n\r\v\f\x85\xa0\u2028\u2029\u3000\ufeff"),
	},
	{ weight: 2, arbitrary: oddPiece },
);
/** Any such text. */
export const commandText = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
/** One that may be the name of a hook or a file. */
export const commandName = commandText.map(
	(all) =>
		all
			.toWellFormed()
			.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, "")
			.slice(0, 100)
			.trim() || "hook",
);

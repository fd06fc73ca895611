// A secret in a config is shown to nobody who is told what is wrong with it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SECRET, STATEMENTS, tells, write } from "../../helpers/config-statements.ts";
import { oddPiece } from "../../helpers/odd-text.ts";
import { told } from "../../helpers/parse.ts";

describe("a secret", () => {
	/** As a secret may be pasted: broken, with a quote too many at its end or none, padded, commented. */
	const added = fc.constantFrom(
		..."= == \\ # ${ ${A} {{ é 😀 \u0000 \u2028 \ud800 / ? & @ : , ] } \t".split(" "),
		" ",
		"\n",
	);
	const anywhere = fc.array(fc.tuple(fc.integer({ min: 1, max: SECRET.length - 1 }), added), {
		minLength: 1,
		maxLength: 2,
	});
	/** Over two lines, the second of which could be a key or a comment. */
	const wrapped = fc
		.tuple(fc.integer({ min: 1, max: 12 }), fc.constantFrom("=", " = ", "#", "", '"'))
		.map(([at, mark]): [number, string][] =>
			mark === "#"
				? [[at, "\n#"]]
				: [
						[SECRET.length - 3, mark],
						[at, "\n"],
					],
		);
	const broken = fc.oneof(anywhere, wrapped);
	const places = STATEMENTS.flatMap(({ text }, index) => (text.includes(SECRET) ? [index] : []));

	it("is in no message and in no frame, however it is broken and whatever else is wrong", () => {
		let count = 0;
		const breaks = fc.tuple(fc.constantFrom(...places), broken);
		// Something else that is wrong beside it, so that there is a frame to show it in: a twin of its key, or any key.
		const wrong = fc.oneof(fc.constant(undefined), oddPiece);
		fc.assert(
			fc.property(breaks, fc.option(fc.tuple(fc.nat(1), wrong)), ([index, all], other) => {
				const secret = all.reduce((text, [at, piece]) => text.slice(0, at) + piece + text.slice(at), SECRET);
				const statements = STATEMENTS.map(write);
				statements[index] = statements[index]?.replace(SECRET, secret) ?? "";
				if (other !== null) {
					const [after, piece = STATEMENTS[index]?.key.toUpperCase() ?? ""] = other;
					statements.splice(index + after, 0, `${piece.replace(/\n.*/s, "")} = "x"`);
				}
				for (const { message, remedy, frame } of told(statements.join("\n"))) {
					count++;
					expect(tells(message + remedy)).toBe(false);
					expect(tells(frame ?? ""), frame).toBe(false);
				}
			}),
			{ numRuns: 500 },
		);
		expect(count).toBeGreaterThan(200);
	});
});

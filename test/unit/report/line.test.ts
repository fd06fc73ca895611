// Lines of hooks in logs: masked first, then cut, so that no part of a secret is left.
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { LINE_LIMIT, SHOWN_LIMIT } from "../../../src/lib/text.ts";
import type { Log } from "../../../src/ports.ts";
import { githubReporter } from "../../../src/report/github.ts";
import { shownLine } from "../../../src/report/log.ts";
import { terminalReporter } from "../../../src/report/terminal.ts";
import { createMask, createRedactor } from "../../../src/secrets/mask.ts";
import { readLines } from "../../../src/shell/lines.ts";
import { fakeFiles } from "../../helpers/fakes.ts";

const SECRET = `s3cret-${"0123456789".repeat(20)}`;
const mask = createMask([SECRET]);

/** A command's output of one line as it is shown. */
function shown(output: string): string | undefined {
	const lines: string[] = [];
	const reader = readLines((line) => lines.push(shownLine(line, mask)) > 0);
	reader.write(Buffer.from(`${output}\n`));
	return lines[0];
}

describe("a line", () => {
	it("is whole up to its limit, and then cut on a code point", () => {
		const fits = "😀".repeat(SHOWN_LIMIT);
		expect(shown(fits)).toBe(fits);
		expect(shown(`${fits}x`)).toBe(`${"😀".repeat(SHOWN_LIMIT - 1)}…`);
		expect(shown("x".repeat(LINE_LIMIT * 3))).toBe(`${"x".repeat(SHOWN_LIMIT - 1)}…`);
	});

	it("shows no part of a secret, wherever a limit cuts", () => {
		const near = (limit: number) => fc.integer({ min: limit - SECRET.length, max: limit });
		fc.assert(
			fc.property(fc.oneof(near(SHOWN_LIMIT), near(LINE_LIMIT)), (at) => {
				expect(shown(`${"x".repeat(at)}${SECRET}${"y".repeat(100)}`)).not.toContain("s3c");
			}),
		);
	});

	it.each(["\u001b]8;;https://example.com/abc", "\u001b[1;2;3;4;5;6;7;8;9m", "\u001bPabcdefghijklmnopqrs"])(
		"shows no part of a secret where a limit cuts within a terminal sequence: %j",
		(sequence) => {
			const { redact } = createRedactor(() => [SECRET]);
			const part = SECRET.slice(0, 16);
			for (const after of [1, 2, 8]) {
				const before = "\u200e".repeat(LINE_LIMIT - part.length - after);
				const line = `${before}${part}${sequence}`.slice(0, LINE_LIMIT);
				expect(shownLine(line, redact)).toBe("***…");
			}
		},
	);

	it("shows no part of a secret that comes near because others became shorter", () => {
		expect(shown(SECRET.repeat(LINE_LIMIT))).toBe("***…");
		expect(shown(`${"x".repeat(100)}${SECRET.repeat(LINE_LIMIT)}`)).not.toContain("s3c");
	});
});

describe("the log", () => {
	const line = `${"x".repeat(SHOWN_LIMIT - 10)}${SECRET}`;
	const expected = `${"x".repeat(SHOWN_LIMIT - 10)}***`;

	it("of a terminal masks before it cuts", () => {
		const lines: string[] = [];
		const output = { out: (text: string) => lines.push(text), err: () => {}, env: {}, known: [] };
		const { log } = terminalReporter(output, false);
		log.protect([SECRET]);
		log.info(line);
		log.info("x".repeat(SHOWN_LIMIT + 1));
		expect(lines).toEqual([expected, `${"x".repeat(SHOWN_LIMIT - 1)}…`]);
	});

	/** What the action's reporter writes, once the secret is known. */
	function written(work: (log: Log) => void): readonly string[] {
		const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
		const { log } = githubReporter({}, fakeFiles());
		log.protect([SECRET]);
		work(log);
		const lines = write.mock.calls.map(([text]) => String(text).trimEnd());
		write.mockRestore();
		return lines;
	}

	it("of GitHub masks before it cuts", () => {
		const lines = written(({ info }) => {
			info(line);
			info("x".repeat(SHOWN_LIMIT + 1));
		});
		expect(lines.slice(-2)).toEqual([expected, `${"x".repeat(SHOWN_LIMIT - 1)}…`]);
	});

	it.each([
		[`deploy $ curl -H 'Key: ${SECRET}'`, "deploy $ curl -H 'Key: ***'"],
		[`first\nsecond ${"é".repeat(300)}`, `first second ${"é".repeat(186)}…`],
		[`${"x".repeat(190)} ${SECRET}`, `${"x".repeat(190)} ***`],
	])(
		"of GitHub shows as a group's title one line of at most 200 characters, and no part of a secret: %#",
		(title, told) => {
			expect(written(({ openGroup }) => openGroup(title))).toContain(`::group::${told}`);
		},
	);
});

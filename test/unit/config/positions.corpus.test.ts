// Positions in every valid file of the toml-test corpus, against what the parser reads.
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectLocated, tryParse } from "../../helpers/located.ts";

const PACKAGE = "golang-github-burntsushi-toml-dev";
const FOLDER = "/usr/share/gocode/src/github.com/BurntSushi/toml/internal/toml-test/tests/valid";
const there = existsSync(FOLDER);
// On CI a missing package is a fault of the setup, not a reason to skip.
const { CI } = process.env;

describe.skipIf(!there && CI === undefined)(`toml-test corpus (needs ${PACKAGE})`, () => {
	const files = there ? globSync("**/*.toml", { cwd: FOLDER }).toSorted() : [];
	const sources = files
		.map((file) => ({ file, source: readFileSync(join(FOLDER, file), "utf8") }))
		.map(({ file, source }) => ({ file, source, parsed: tryParse(source) }));

	it("is installed, and the parser reads nearly all of it", () => {
		expect(sources.filter(({ parsed }) => parsed !== undefined).length).toBeGreaterThan(90);
	});

	for (const { file, source, parsed } of sources) {
		if (parsed === undefined) continue;
		it(file, () => expectLocated(source, parsed));
		it(`${file} with CRLF`, () => {
			const windows = source.replaceAll(/\r?\n/g, "\r\n");
			const again = tryParse(windows);
			if (again === undefined) throw new Error("the parser reads it no more");
			expectLocated(windows, again);
		});
	}
});

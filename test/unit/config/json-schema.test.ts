// The JSON Schema of configs: generated from the table of keys, true of every config here, and no stricter than the decoder.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generated } from "../../../scripts/schema.ts";
import { jsonSchema, SCHEMA_URL } from "../../../src/config/json-schema.ts";
import { PRESET_NAMES } from "../../../src/presets/index.ts";
import { STATEMENTS, write } from "../../helpers/config-statements.ts";
import { tryParse } from "../../helpers/located.ts";
import { problemsOf } from "../../helpers/parse.ts";

const ROOT = join(import.meta.dirname, "../../..");
const file = (name: string) => readFileSync(join(ROOT, name), "utf8");
const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(jsonSchema());

/** The words of the keys that the schema refuses a config for; empty where it takes the config. */
function refused(source: string): readonly string[] {
	validate(tryParse(source));
	return (validate.errors ?? []).map(({ instancePath, params }) => `${instancePath} ${JSON.stringify(params)}`);
}

describe("what is generated", () => {
	it.each([...generated(file)])('%s is as "npm run schema" writes it', (name, text) => {
		expect(file(name)).toBe(text);
	});

	it("has every kind of table in the reference, each once", () => {
		const names = [...file("docs/config.md").matchAll(/<!-- keys: (\w+) -->/g)].map(([, name]) => name);
		expect(names.toSorted()).toEqual([
			"defaults",
			"event",
			"filter",
			"hook",
			"person",
			"relay",
			"shell",
			"store",
			"subscription",
			"webhook",
		]);
	});

	it("is where the catalog entry and the configs say", () => {
		expect(JSON.parse(file("schema/catalog.json"))).toMatchObject({ url: SCHEMA_URL });
		expect(JSON.parse(file("schema/pipeline-hooks.schema.json"))).toMatchObject({ $id: SCHEMA_URL });
		for (const name of ["README.md", "docs/config.md"])
			expect(file(name)).toContain(`\`\`\`toml\n#:schema ${SCHEMA_URL}\n`);
		for (const name of globSync("examples/*.toml", { cwd: ROOT })) {
			expect(file(name)).toMatch(/^#:schema \.\.\/schema\/pipeline-hooks\.schema\.json\n/);
		}
	});
});

const PAGES = ["README.md", ...globSync("docs/**/*.md", { cwd: ROOT })];
const CONFIGS = [
	...globSync("examples/*.toml", { cwd: ROOT }).map((name) => [name, file(name)] as const),
	...PAGES.flatMap((name) =>
		[...file(name).matchAll(/^```toml\n([\s\S]*?)^```/gm)].map(
			([, source = ""], at) => [`${name} #${at + 1}`, source] as const,
		),
	),
	["every kind of key", STATEMENTS.map(write).join("\n")] as const,
	// Rocky's own file has tables of Rocky's.
].filter(([, source]) => !/^\[adapter/m.test(source));

describe("an editor", () => {
	it.each(CONFIGS)("marks nothing in %s", (_, source) => {
		expect(refused(source)).toEqual([]);
	});

	it.each(globSync("examples/*.toml", { cwd: ROOT }))("marks on_failre in %s", (name) => {
		const source = file(name);
		expect(source).toContain("on_failure");
		expect(refused(source.replace("on_failure", "on_failre")).join("\n")).toContain("on_failre");
	});

	const SHELL = '[[hook.pipeline_start]]\ncommand = "x"\n';
	const WEBHOOK = '[hook.webhooks.pipeline_error]\nurl = "https://e.x/"\n';
	it.each([
		`${SHELL}timeout_ms = 0`,
		`${SHELL}on_failure = "abrot"`,
		`${SHELL}env = { "A B" = "x" }`,
		`${SHELL}filter = { incude = "tags" }`,
		`${SHELL}filter = {}`,
		`${SHELL}secret = "x"`,
		"[[hook.pipeline_start]]\ntimeout_ms = 1",
		`${WEBHOOK}preset = "slak"`,
		`${WEBHOOK}preset = "slack"\nrouting_key = "x"`,
		`${WEBHOOK}preset = "teams"\ncard = "bear"`,
		`${WEBHOOK}batch_size = 1001`,
		`${WEBHOOK}retries = 3`,
		`${WEBHOOK}signature = ["rocky", "rocky"]`,
		`${WEBHOOK}method = "FETCH"`,
		`[[subscription]]\nevents = []\nurl = "https://e.x/"`,
		`${SHELL}[defaults]\nname = "x"`,
		`${SHELL}[defaults.shell]\nsecret = "x"`,
		`${SHELL}[event.a]\nstatus = "done"`,
		`${SHELL}[other]\na = 1`,
	])("marks what the decoder refuses: %j", (source) => {
		expect(problemsOf(source)).not.toEqual([]);
		expect(refused(source)).not.toEqual([]);
	});

	it("gets what each key is for, its default, and the words that it takes", () => {
		const { definitions } = JSON.parse(file("schema/pipeline-hooks.schema.json"));
		expect(definitions.webhook.properties.retry_count).toEqual({
			description: "Attempts after the first",
			type: "integer",
			minimum: 0,
			maximum: 2 ** 31 - 1,
			default: 3,
		});
		expect(definitions.webhook.properties.preset.enum).toEqual(PRESET_NAMES);
		expect(definitions.webhook.properties.routing_key.description).not.toBe("");
		expect(definitions.hooks.properties.pipeline_error.description).toBe("Pipeline failed");
	});
});

/** Values of any kind, also those that keys take. */
const VALUES = `
	"" | " " | "x" | "abort" | "slack" | "\${A}" | "get" | "PUT" | ["x"] | ["x", "x"] | [] | {} | -1 | 0 | 1 | 1001
	2147483648 | 1.5 | 1.0 | true | nan | 1979-05-27 | { a = "x" } | [1] | [{ include = "tags" }] | { x = { y = 1 } }
	["rocky", "github"] | "standard" | [[]]
`;
const value = fc.constantFrom(...VALUES.trim().split(/ \| |\n\t/));

it("refuses nothing that the decoder takes, whatever is changed in a config", () => {
	let both = 0;
	const place = fc.constantFrom(...STATEMENTS.flatMap(({ key }, index) => (key === "" ? [] : [index])));
	const key = fc.constantFrom(..."on_failre timeout_ms env headers mention filter x shell phase tags".split(" "));
	const change = fc.oneof(
		fc.record({ place, value }),
		fc.record({ place, key }),
		fc.record({ place, key, value }),
		fc.record({ place, gone: fc.constant(true) }),
	);
	fc.assert(
		fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (changes) => {
			const lines = STATEMENTS.map(write);
			for (const { place, ...changed } of changes) {
				const { key = "", text = "" } = STATEMENTS[place] ?? {};
				const given = {
					key,
					text,
					...("key" in changed ? { key: changed.key } : {}),
					...("value" in changed ? { text: changed.value } : {}),
				};
				lines[place] = "gone" in changed ? "" : write(given);
			}
			const source = lines.join("\n");
			const parsed = tryParse(source);
			fc.pre(parsed !== undefined);
			const marks = refused(source);
			if (marks.length === 0) return;
			both++;
			expect(problemsOf(source), marks.join("\n")).not.toEqual([]);
		}),
		{ numRuns: 200 },
	);
	expect(both).toBeGreaterThan(50);
});

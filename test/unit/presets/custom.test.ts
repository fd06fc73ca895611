// What a config changes of a message without writing its body.
import { describe, expect, it } from "vitest";
import { fillOptions } from "../../../src/deliver/option-templates.ts";
import type { Events } from "../../../src/model/event.ts";
import type { Options } from "../../../src/model/preset.ts";
import type { Story } from "../../../src/presets/story.ts";
import { storyBody } from "../../../src/presets/story-body.ts";
import { unescaped } from "../../../src/presets/text.ts";
import { event, preset } from "../../helpers/make.ts";

const VARIABLES: Readonly<Record<string, string>> = { TITLE: "{{error}} of a stranger" };

/** The story as the options of a hook change it, and the notes. */
function told(options: Options, ...events: Events): { readonly story: Story; readonly notes: readonly string[] } {
	const resolve = (name: string) => VARIABLES[name] ?? "";
	const fill = fillOptions({ preset: preset("slack"), options }, ({ parts }) =>
		parts.map((part) => (typeof part === "string" ? part : resolve(part.name))).join(""),
	);
	const stories: Story[] = [];
	const { notes } = storyBody("characters", unescaped, fill, (story) => {
		stories.push(story);
		return {};
	})(events, false);
	const [story] = stories;
	if (story === undefined) throw new Error("nothing was told");
	return { story, notes };
}

const failed = event("pipeline_error", {
	error: "first\nKeyError: 7",
	table: "orders",
	duration_ms: 125_000,
	metadata: { rows: 12, wiki: "https://wiki.example/a?b=c", path: "../x y&z" },
	ci: { branch: "main", commit: "1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b", run_url: "https://ci.example/1" },
});

describe("title and text", () => {
	it("are templates over the event and over what messages are made of", () => {
		const title = "{{emoji}} {{pipeline}} broke after {{duration}} at {{short_sha}}";
		const text = "{{#if is_failure}}{{telling_line}}{{/if}}{{#is_success}}never{{/is_success}} ({{run_link}})";
		const { story, notes } = told({ title, text }, failed);
		expect(story.headline).toBe("❌ etl broke after 2m 5s at 1a2b3c4");
		expect([story.text, story.telling]).toEqual(Array(2).fill("KeyError: 7 (https://ci.example/1)"));
		expect(notes).toEqual([]);
	});

	it("see of a batch what its events share, how many there are, and each of them", () => {
		const title = "{{count}} of {{pipeline}}: {{#events}}[{{headline}}]{{/events}} {{telling_line}}";
		const { story } = told({ title }, event("ping"), event("model_error", { model: "m", error: "boom" }));
		expect(story.headline).toBe("2 of etl: [Ping: etl][Model failed: m] Model failed: m: boom");
	});

	it("leave the preset's own where they give nothing, which is noted of the title", () => {
		const { story, notes } = told({ title: "{{metadata.none}} ", text: "{{metadata.none}}" }, failed);
		expect([story.headline, story.text]).toEqual(["etl failed on main", "KeyError: 7"]);
		expect(notes).toEqual(["title is empty, so the preset's own is shown"]);
	});

	it("never read a tag in the value of a variable", () => {
		expect(told({ title: `\${TITLE}: {{table}}` }, failed).story.headline).toBe("{{error}} of a stranger: orders");
	});

	it("are one line, whatever is in them", () => {
		expect(told({ title: "a\n\u001b[31m{{error}}" }, failed).story.headline).toBe("a first KeyError: 7");
	});
});

describe("fields", () => {
	it("stand in place of the preset's own, without those that give nothing", () => {
		const fields = { Rows: "{{metadata.rows}} of {{table}}", None: "{{metadata.none}}", Fixed: "yes" };
		expect(told({ fields }, failed).story.facts).toEqual([
			["Rows", "12 of orders"],
			["Fixed", "yes"],
		]);
	});
});

describe("links", () => {
	it("come after the preset's own, and what a value adds to one is encoded", () => {
		const links = { Runbook: "https://wiki.example/{{metadata.path}}?q={{table}}", Page: "{{metadata.wiki}}" };
		expect(told({ links }, failed).story.links.slice(1)).toEqual([
			{ text: "Runbook", url: "https://wiki.example/..%2Fx%20y%26z?q=orders" },
			{ text: "Page", url: "https://wiki.example/a?b=c" },
		]);
	});

	it.each(["http://wiki.example", "javascript:alert(1)", "wiki.example/{{table}}", "https://"])(
		"are left out with a note where the address is %j",
		(address) => {
			const { story, notes } = told({ links: { Runbook: address } }, failed);
			expect(story.links).toHaveLength(1);
			expect(notes).toEqual(['link "Runbook" left out: not an https:// address']);
		},
	);

	it.each([
		["https://wiki.{{metadata.host}}.example/x", "evil.example/"],
		["https://wiki.example:{{metadata.host}}/x", "443@evil.example"],
		["{{metadata.host}}wiki.example/x", "//evil.example/"],
		["https://wiki.example{{metadata.host}}", "@evil.example"],
		["{{metadata.host}}{{metadata.more}}", "https://wiki.example"],
		["{{metadata.host}}.evil.example/", "https://wiki.example"],
		["{{metadata.host}}", "https://wiki.example@evil.example"],
	])("never lead where a value beside other text wants: %j", (address, host) => {
		const of = event("pipeline_error", { table: "a/../../x", metadata: { host, more: ".evil.example" } });
		const { story, notes } = told({ links: { Runbook: address } }, of);
		expect(story.ownLinks).toEqual([]);
		expect(notes).toEqual(['link "Runbook" left out: not an https:// address']);
	});

	it.each([
		["{{metadata.at}}/runbook/{{table}}", "https://wiki.example", "https://wiki.example/runbook/a%2F..%3Fx"],
		["{{metadata.at}}{{table}}", "https://wiki.example/x?y=1&table=", "https://wiki.example/x?y=1&table=a%2F..%3Fx"],
		[" {{metadata.at}} ", "https://wiki.example/é", "https://wiki.example/%C3%A9"],
	])("may begin with a value that is an address: %j", (address, at, url) => {
		const of = event("pipeline_error", { table: "a/..?x", metadata: { at } });
		expect(told({ links: { Runbook: address } }, of).story.ownLinks).toEqual([{ text: "Runbook", url }]);
	});

	it("take a value that is not well-formed", () => {
		const of = event("pipeline_error", { metadata: { path: "a\ud800" } });
		const { story } = told({ links: { Runbook: "https://wiki.example/{{metadata.path}}" } }, of);
		expect(story.ownLinks).toEqual([{ text: "Runbook", url: "https://wiki.example/a%EF%BF%BD" }]);
	});

	it("are left out without a word where the template gives nothing", () => {
		expect(told({ links: { Runbook: "{{metadata.none}}" } }, failed)).toMatchObject({ notes: [] });
	});

	it("never have a user or a password", () => {
		const { story } = told({ links: { Runbook: "https://octocat:s3cret@wiki.example/" } }, failed);
		expect(story.links.at(-1)?.url).toBe("https://wiki.example/");
	});
});

describe("color", () => {
	it.each([
		["#A1b2C3", { color: "#a1b2c3", tone: "failure", hasOwnColor: true }],
		["#fff", { color: "#ffffff", tone: "failure", hasOwnColor: true }],
		["warning", { color: "#f1c40f", tone: "warning", hasOwnColor: true }],
		["WARNING", { color: "#f1c40f", tone: "warning", hasOwnColor: true }],
		["{{#if is_failure}}success{{/if}}", { color: "#2ecc71", tone: "success", hasOwnColor: true }],
		["{{metadata.none}}", { color: "#e74c3c", tone: "failure", hasOwnColor: false }],
	])("%j is a colour", (color, wanted) => {
		expect(told({ color }, failed)).toMatchObject({ story: wanted, notes: [] });
	});

	it.each(["red", "#12", "#ggg", "rgb(1,2,3)"])("%j is not one, and the status decides", (color) => {
		const { story, notes } = told({ color }, failed);
		expect([story.color, story.hasOwnColor]).toEqual(["#e74c3c", false]);
		expect(notes).toEqual([expect.stringMatching(/^color is not #rrggbb or one of started, /)]);
	});
});

describe("mention", () => {
	it("names whom its templates name, each without its @", () => {
		const mention = ["@here", "{{#if is_failure}}U012AB3CD{{/if}}", "{{#if is_success}}nobody{{/if}}"];
		expect(told({ mention }, failed).story.mentions).toEqual(["here", "U012AB3CD"]);
	});
});

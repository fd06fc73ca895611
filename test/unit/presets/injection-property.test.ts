// What a stranger wrote into an event stays text, in each service's own writing, for any event and any options.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isJsonObject } from "../../../src/lib/json.ts";
import { anyEvent, anyOptions } from "../../helpers/any-event.ts";
import { preset } from "../../helpers/make.ts";
import { type ObjectMessage as Message, renderBatch, renderEvent, textsOf } from "../../helpers/rendered.ts";

const RUNS = { numRuns: 40 };

/** Checks the messages of a preset: of events alone and of batches. */
function check(
	name: string,
	given: Record<string, string>,
	hold: (message: Message) => void,
	unset: readonly string[] = [],
) {
	const rendered = anyOptions(preset(name), given).map((options) =>
		Object.fromEntries(Object.entries(options).filter(([key]) => !unset.includes(key))),
	);
	fc.assert(
		fc.property(anyEvent, rendered, (event, options) => hold(renderEvent(preset(name), event, options))),
		RUNS,
	);
	fc.assert(
		fc.property(anyEvent, fc.array(anyEvent, { maxLength: 4 }), rendered, (first, more, options) => {
			const { body, ...message } = renderBatch(preset(name), [first, ...more], options);
			if (!isJsonObject(body)) throw new Error("a batch that is no object");
			hold({ ...message, body });
		}),
		RUNS,
	);
}

/** Bodies hold nothing that a person should not see: only what is theirs to format. */
const UNSEEN = /[\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]|[^\P{Cc}\n\t]/u;

describe("slack", () => {
	const shown = (message: Message) =>
		textsOf(message.body).map((text) =>
			text.replace(/^<https?:\/\/(?:[^<>|&]|&amp;)+\|View (?:first failed )?run>/, ""),
		);

	it("shows no mention, link or sequence of its own in a text of the event", () => {
		check(
			"slack",
			{},
			(message) => {
				for (const text of shown(message)) {
					expect(text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
					expect(text).not.toMatch(UNSEEN);
				}
				const sent = JSON.stringify(message.body);
				expect(sent.split('"verbatim":true')).toHaveLength(sent.split('"type":"mrkdwn"').length);
			},
			["mention"],
		);
	});

	it("mentions whom the option names, and nobody else, in the two places for it", () => {
		const who = fc.constantFrom(
			"channel",
			"@here",
			"everyone",
			"U012AB3CD",
			"S012AB3CD",
			"data team",
			"<!channel>",
			"a|b",
		);
		fc.assert(
			fc.property(anyEvent, fc.array(who, { maxLength: 5 }), (event, mention) => {
				const message = renderEvent(preset("slack"), event, { mention });
				const mentions = /<(?:!(?:channel|here|everyone)|@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+)>/g;
				const wanted = mention.filter((name) => /^@?(?:channel|here|everyone)$|^[US]012/.test(name)).length;
				const found = shown(message).map((text) => text.match(mentions)?.length ?? 0);
				expect(found.filter((count) => count > 0)).toEqual(wanted === 0 ? [] : [wanted, wanted]);
				for (const text of shown(message)) expect(text.replaceAll(mentions, "")).not.toMatch(/[<>]/);
			}),
			RUNS,
		);
	});

	it("keeps an error in one block of code", () => {
		const hold = ({ body }: Message) => {
			const blocks = textsOf(body).filter((text) => text.startsWith("```\n"));
			for (const text of blocks) expect(text).toMatch(/^```\n(?:(?!```)[\s\S])*\n```$/);
		};
		check("slack", {}, hold, ["mention"]);
	});
});

describe("teams", () => {
	it("shows no Markdown of its own in a text of the event", () => {
		check("teams", {}, ({ body }) => {
			for (const text of textsOf(body)) {
				expect(text).not.toMatch(UNSEEN);
				if (/^https?:\/\//.test(text)) continue;
				const plain = text.replaceAll(/\\[\\`*_~[\]]/g, "");
				expect(plain).not.toMatch(/[\\`*~[\]]/);
				// Of a block nothing begins: no list, quote, heading or indented code.
				for (const line of text.split("\n\n")) expect(line).not.toMatch(/^(?:[ \t]|>|(?:[-+#]+|\d+[.)])(?:\s|$))/);
			}
		});
	});
});

describe("datadog", () => {
	it("ends no block of Markdown, notifies nobody and links only to the run", () => {
		check("datadog", { api_key: "0123456789abcdef0123456789abcdef" }, ({ body }) => {
			const text = String(body["text"]);
			expect(text).toMatch(/^%%% \n[\s\S]*\n %%%$/);
			expect(text.slice(5, -5)).not.toContain("%%%");
			expect(`${body["title"]}${text}`).not.toMatch(/@(?!\u200b)/);
			expect(`${body["title"]}${text}`).not.toMatch(UNSEEN);
			const [outside = "", code = "", after = "", ...more] = text.split(/^```$/m);
			expect(more).toEqual([]);
			expect(`${code === "" ? "" : after}`).not.toContain("```");
			const literal = `${outside}${after}`
				.replace(/\[View (?:first failed )?run\]\(https?:[^()\s`\\|]+\)/, "")
				.replaceAll(/\\[\\`*_~[\]]/g, "");
			expect(literal).not.toMatch(/[\\`~[\]]/);
		});
	});
});

describe("pagerduty", () => {
	it("has one line of text in each field that is one", () => {
		check("pagerduty", { routing_key: "R0123456789abcdef0123456789abcde" }, ({ body }) => {
			const { custom_details: _, ...fields } = Object.fromEntries(Object.entries(body["payload"] ?? {}));
			for (const text of textsOf({ ...body, payload: fields })) expect(text).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u);
		});
	});
});

describe("google_chat", () => {
	it("begins no tag, mention or link in a text of the event, but for line breaks", () => {
		const hold = ({ body }: Message) => {
			const { thread: _, ...seen } = body;
			for (const text of textsOf(seen)) {
				expect(text).not.toMatch(/<(?!br>|\u200b)/);
				expect(text).not.toMatch(UNSEEN);
			}
			for (const [, text = ""] of JSON.stringify(body).matchAll(/"text":"((?:[^"\\]|\\.)*)"/g)) {
				expect(text).not.toMatch(/<(?!br>)|&(?!amp;|lt;|gt;)/);
			}
			expect(body).not.toHaveProperty("text");
		};
		check("google_chat", {}, hold, ["mention"]);
	});
});

describe("discord", () => {
	it("shows no Markdown, mention or link of its own in a text of the event", () => {
		const hold = ({ body }: Message) => {
			expect(body["allowed_mentions"]).toEqual({ parse: [] });
			expect(body).not.toHaveProperty("content");
			const [embed] = Array.isArray(body["embeds"]) ? body["embeds"] : [];
			const { url: _, footer, ...marked } = Object(embed);
			for (const text of textsOf(marked)) {
				expect(text).not.toMatch(UNSEEN);
				const [before = "", , after = ""] = text.split("```");
				expect(`${before}${after}`.replaceAll(/\\[\\`*_~|[\]<>#/]/g, "")).not.toMatch(/[\\`*_~|[\]<>#/]|@(?!\u200b)/);
			}
			for (const text of textsOf(footer ?? {})) expect(text).not.toMatch(UNSEEN);
		};
		check("discord", {}, hold, ["mention"]);
	});
});

describe("incident_io", () => {
	it("shows no Markdown and mentions nobody in a title or description", () => {
		check("incident_io", { token: "0123456789abcdef" }, ({ body }) => {
			const [title, description] = [String(body["title"]), String(body["description"])];
			expect(title).not.toMatch(/\n/);
			for (const text of [title, description]) {
				expect(text).not.toMatch(/[@<](?!\u200b)/);
				expect(text).not.toMatch(UNSEEN);
			}
			const [before = "", , after = "", ...more] = description.split(/^```$/m);
			expect(more).toEqual([]);
			const literal = `${before}${after}`.replaceAll(/^- \*\*|\*\*: /gm, "").replaceAll(/\\[\\`*_~[\]]/g, "");
			expect(literal).not.toMatch(/[\\`*~[\]]/);
		});
	});
});

// The arraylake preset: Arraylake's body and its line for Slack, to the byte.

import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/lib/json.ts";
import { parseReference } from "../../../src/model/reference.ts";
import type { Template } from "../../../src/model/template.ts";
import type { HttpResult } from "../../../src/ports.ts";
import { arraylake } from "../../../src/presets/arraylake.ts";
import { compileTemplate } from "../../../src/template/compile.ts";
import { fireWith } from "../../helpers/deliver.ts";
import { answer, fakeHttp } from "../../helpers/fakes.ts";
import { event, type Told, webhook } from "../../helpers/make.ts";
import { webhook as parsedWebhook } from "../../helpers/parse.ts";
import { batch } from "../../helpers/presets.ts";
import { renderBatch, renderEvent } from "../../helpers/rendered.ts";
import { listOf } from "../../suites/preset-envelopes.ts";
import { presetSuite } from "../../suites/preset-suite.ts";

/** Both shapes, since any option may be given. */
function validate(body: JsonObject): void {
	if (Object.hasOwn(body, "text")) {
		expect(Object.keys(body)).toEqual(["text"]);
		expect(body["text"]).toMatch(/\S/);
		expect(body["text"]).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
		return;
	}
	expect(Object.keys(body)).toEqual(["event", "details"]);
	expect(Object.keys(body["details"] ?? {})).toEqual(expect.arrayContaining(["repo_name", "repo_id"]));
}

const limits = ({ text }: JsonObject) => [{ what: "characters", size: String(text ?? "").length, max: 40_000 }];

const service = { validate, limits };
presetSuite(arraylake(), { options: {}, secretsAt: [], ...service, batch: listOf(service), fixed: true });

const ci = { provider: "github", repository: "acme/ocean", branch: "main", commit: "1a2b3c4" };
const text = (name: string, given: Told = {}) =>
	renderEvent(arraylake(), event(name, given), { format: "slack" }).body["text"];

describe("the arraylake preset", () => {
	it("posts the body of Arraylake's page", () => {
		const data = { repo_name: "ocean", repo_id: "507f1f77bcf86cd799439011" };
		expect(JSON.stringify(renderEvent(arraylake(), event("NewCommit", { data }), {}).body)).toBe(
			'{"event":"NewCommit","details":{"repo_name":"ocean","repo_id":"507f1f77bcf86cd799439011"}}',
		);
	});

	it.each([
		[{ ci }, { repo_name: "ocean", repo_id: "acme/ocean" }],
		[
			{ entity: { name: "sea", id: "7" }, ci },
			{ repo_name: "sea", repo_id: "7" },
		],
		[
			{ data: { branch: "main", repo_id: "9" }, ci },
			{ repo_name: "ocean", repo_id: "9", branch: "main" },
		],
		[{}, { repo_name: "etl", repo_id: "etl" }],
	])("finds the repository of a commit: %j", (given, details) => {
		const { body } = renderEvent(arraylake(), event("commit", given), {});
		expect(JSON.stringify(body)).toBe(JSON.stringify({ event: "NewCommit", details }));
	});

	it("never passes off another event as a commit", () => {
		expect(renderEvent(arraylake(), event("pipeline_error", { error: "boom", ci }), {}).body).toEqual({
			event: "pipeline_error",
			details: {
				repo_name: "ocean",
				repo_id: "acme/ocean",
				id: "evt_1",
				run_id: "run_1",
				pipeline: "etl",
				timestamp: "2026-04-02T14:30:00Z",
				status: "failure",
				error: "boom",
				ci,
			},
		});
		expect(text("pipeline_error", { ci })).toBe("etl failed on main in repository acme/ocean");
	});

	it("posts the line of Arraylake's page for Slack, and nothing beside it", () => {
		const data = { repo: "earthmover/ocean", repo_name: "ocean", commit: "abc123", branch: "main" };
		expect(JSON.stringify(renderEvent(arraylake(), event("commit", { data }), { format: "slack" }).body)).toBe(
			'{"text":"New commit abc123 in repository earthmover/ocean on branch main."}',
		);
	});

	it("gives the repository with its owner where that is known", () => {
		expect(text("commit", { ci })).toBe("New commit 1a2b3c4 in repository acme/ocean on branch main.");
		const of = (repo_name: string) => text("commit", { ci, data: { repo_name, commit: "c1" } });
		expect(of("ocean")).toBe("New commit c1 in repository acme/ocean on branch main.");
		expect(of("lake")).toBe("New commit c1 in repository lake.");
		expect(of("earthmover/lake")).toBe("New commit c1 in repository earthmover/lake.");
		expect(text("commit")).toBe("New commit in repository etl.");
	});

	it("waits five seconds for an answer, as Arraylake does, unless told otherwise", () => {
		const hook = (more: string) =>
			parsedWebhook(`[[hook.webhooks.commit]]\nurl = "https://example.com/"\npreset = "arraylake"\n${more}`);
		expect(hook("").timeoutMs).toBe(5000);
		expect(hook("timeout_ms = 8000").timeoutMs).toBe(8000);
		expect(hook("[defaults]\ntimeout_ms = 7000").timeoutMs).toBe(7000);
	});

	it("keeps text of the event from meaning anything to Slack, and a line a line", () => {
		const branch = "<!channel> a&b\n\u001b[31m";
		expect(text("commit", { ci: { ...ci, branch } })).toBe(
			"New commit 1a2b3c4 in repository acme/ocean on branch &lt;!channel&gt; a&amp;b.",
		);
		const long = renderEvent(arraylake(), event("commit", { ci: { ...ci, branch: "b".repeat(400) } }), {
			format: "slack",
		});
		expect(long.notes).toEqual(["branch truncated to 300 characters"]);
		expect(long.body["text"]).toBe(`New commit 1a2b3c4 in repository acme/ocean on branch ${"b".repeat(299)}….`);
	});

	it("posts a batch as a list of the same bodies, or as a count and as many lines as people read", () => {
		const events = batch(3, (index) => event("commit", { ci: { ...ci, commit: `c${index}` } }));
		expect(renderBatch(arraylake(), events, {}).body).toEqual(
			events.map((of) => renderEvent(arraylake(), of, {}).body),
		);
		expect(renderBatch(arraylake(), events, { format: "slack" })).toEqual({
			notes: [],
			body: {
				text: [
					"3 events",
					...[0, 1, 2].map((index) => `New commit c${index} in repository acme/ocean on branch main.`),
				].join("\n"),
			},
		});
		const branch = "&".repeat(400);
		const many = batch(1000, (index) => event(index < 990 ? "commit" : "job.failed", { ci: { ...ci, branch } }));
		const { body, notes } = renderBatch(arraylake(), many, { format: "slack" });
		const rest = "975 of 1000 events left out: 10 failed, 965 info";
		expect(notes).toEqual(["branch truncated to 300 characters", rest]);
		const lines = String(Object(body).text).split("\n");
		expect([lines[0], lines.at(-1)]).toEqual([
			"1000 events: 10 failed, 990 info",
			"… and 975 more: 10 failed, 965 info",
		]);
		expect(lines).toHaveLength(27);
		const longest = event("job.failed", {
			model: "m".repeat(400),
			data: { repo_name: "r".repeat(400), branch: "b".repeat(400) },
		});
		expect(
			String(
				Object(
					renderBatch(
						arraylake(),
						batch(1000, () => longest),
						{ format: "slack" },
					).body,
				).text,
			).length,
		).toBeLessThan(40_000);
	});
});

describe("the arraylake preset in its format for Slack", () => {
	const template = compileTemplate(parseReference('{"text": "{{error}}"}'));

	/** What became of a webhook that got this response, and what was sent. */
	async function send(format: string, result: HttpResult, bodyTemplate?: Template) {
		const http = fakeHttp(result);
		const hook = webhook({ preset: arraylake(), options: { format }, bodyTemplate });
		const { outcomes } = await fireWith([hook], {
			of: event("pipeline_error", { error: "<!channel>" }),
			ports: { http, env: { FORMAT: "slack" } },
		});
		return { outcome: outcomes[0], body: new TextDecoder().decode(http.requests[0]?.body) };
	}

	it.each(["slack", "${FORMAT}"])("takes a response for what it means in Slack: format = %j", async (format) => {
		expect((await send(format, answer(200, "ok"))).outcome).toMatchObject({ status: "delivered" });
		const refused = await send(format, answer(200, "no_service"));
		expect(refused.outcome).toMatchObject({
			status: "failed",
			failure: { reason: 'Slack responded with "no_service"' },
		});
		const truncated = await send(format, { kind: "response", status: 200, headers: {}, body: "o", read: "truncated" });
		expect(truncated.outcome).toMatchObject({
			failure: { reason: "unconfirmed: 200, but the response was truncated" },
		});
	});

	it("escapes the values of a template as Slack wants it", async () => {
		expect((await send("slack", answer(200, "ok"), template)).body).toBe('{"text":"&lt;!channel&gt;"}');
	});

	it("is a format of its own: any 2xx is a success of the other one", async () => {
		expect((await send("json", answer(200, "no_service"))).outcome).toMatchObject({ status: "delivered" });
		const truncated = await send("json", { kind: "response", status: 200, headers: {}, body: "o", read: "truncated" });
		expect(truncated.outcome).toMatchObject({ status: "delivered" });
		expect((await send("json", answer(200), template)).body).toBe('{"text":"<!channel>"}');
	});
});

// The message and the author of the run's own commit, from each payload that has them, and never those of another one.
import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { commitFacts } from "../../../src/ci/commit.ts";
import { readCi } from "../../../src/ci/index.ts";
import type { Env } from "../../../src/lib/env.ts";
import { fakeFiles } from "../../helpers/fakes.ts";
import { oddText } from "../../helpers/odd-text.ts";

const require = createRequire(import.meta.url);
const examples: { name: string; examples: unknown[] }[] = require("@octokit/webhooks-examples");

const SHA = "b".repeat(40);
const HEAD = { id: SHA, message: "Load orders\n\nNightly.", author: { name: "Ada", email: "ada@example.com" } };
const TOLD = { commit_message: "Load orders", commit_author: "Ada" };
const OURS = { full_name: "acme/warehouse" };

/** The facts of a run on an event, with `SHA` in the environment. */
async function factsOf(GITHUB_EVENT_NAME: string, payload: string | object, more: Env = {}) {
	const env = { GITHUB_ACTIONS: "true", GITHUB_EVENT_PATH: "/event.json", GITHUB_SHA: SHA, GITHUB_EVENT_NAME, ...more };
	const files = fakeFiles({ "/event.json": typeof payload === "string" ? payload : JSON.stringify(payload) });
	return (await readCi({ env, files, cwd: "/", now: new Date(0) })).facts;
}

describe("the commit's message and author", () => {
	test.each([
		["push", { head_commit: HEAD }],
		["merge_group", { merge_group: { head_sha: SHA, head_commit: HEAD } }],
		[
			"workflow_run",
			{ workflow_run: { head_sha: SHA, head_commit: HEAD, head_repository: OURS, repository: OURS } },
			{ GITHUB_SHA: "c".repeat(40) },
		],
	])("are in the payload of %s", async (event, payload, more: Env = {}) => {
		expect(await factsOf(event, payload, more)).toMatchObject({ ...TOLD, commit: SHA, trigger: event });
	});

	test("are not those of another commit", async () => {
		const other = { ...HEAD, id: "c".repeat(40) };
		const without = async (event: string, payload: object) => {
			const facts = await factsOf(event, payload);
			expect(facts).not.toHaveProperty("commit_message");
			expect(facts).not.toHaveProperty("commit_author");
			return facts;
		};
		await without("push", { head_commit: other });
		await without("push", { head_commit: null });
		// The commit of a pull request is its head's, while GitHub's only message there would be the merge's.
		const pull = { title: "Load orders", head: { sha: "d".repeat(40) } };
		const facts = await without("pull_request", { pull_request: pull, head_commit: HEAD });
		expect(facts.pull_request_title).toBe("Load orders");
		await without("workflow_run", { workflow_run: { head_sha: "d".repeat(40), head_commit: HEAD } });
		expect(commitFacts({ head_commit: { message: "x" } }, undefined)).toEqual({});
	});

	test.each([
		["\r\n  Load orders\r\nmore", "Load orders"],
		["Load orders\rmore", "Load orders"],
		["::error::x ##[error]y", "::error::x ##[error]y"],
		["", undefined],
		[" \n ", undefined],
		[7, undefined],
		[{ toString: "x" }, undefined],
	])("are one line each: %j", (message, line) => {
		const found = commitFacts({ head_commit: { id: SHA, message, author: { name: message } } }, SHA);
		expect(found).toEqual({ commit_message: line, commit_author: line });
	});

	test("are left out where the payload of a push is too large to read on the way", async () => {
		const sized = (size: number) => JSON.stringify({ commits: "x".repeat(size), head_commit: HEAD });
		expect(await factsOf("push", sized(500_000))).toMatchObject(TOLD);
		expect(await factsOf("push", sized(5_000_000))).not.toHaveProperty("commit_message");
	});

	test.each(["not json", "[]", '{"head_commit": 7}', '{"head_commit": {"id": null}}'])(
		"are left out where a payload is %s",
		async (payload) => {
			expect(await factsOf("push", payload)).toMatchObject({ commit: SHA, trigger: "push" });
		},
	);

	test("are text of one line, or absent, whatever JSON a payload is", () => {
		const value = fc.oneof(oddText, fc.jsonValue());
		const author = fc.oneof(value, fc.record({ name: value }));
		const commit = fc.record({ id: fc.constantFrom(SHA, "", "x"), message: value, author }, { requiredKeys: [] });
		fc.assert(
			fc.property(fc.oneof(fc.jsonValue(), fc.record({ head_commit: fc.oneof(commit, value) })), (payload) => {
				for (const text of Object.values(commitFacts(payload, SHA))) {
					if (text !== undefined) expect(text).toMatch(/^[^\r\n]+$/u);
				}
			}),
			{ numRuns: 200 },
		);
	});

	test("are in GitHub's own example of a push, where the run is about its head", async () => {
		const found = examples
			.find(({ name }) => name === "push")
			?.examples.find((one) => Object(one).head_commit !== null);
		const { id, message, author } = Object(found).head_commit;
		const facts = await factsOf("push", Object(found), { GITHUB_SHA: id });
		expect(facts).toMatchObject({ commit_message: message, commit_author: author.name });
	});
});

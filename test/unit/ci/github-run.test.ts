// Reading the workflow run by GitHub's API: octokit against a real server, what is asked, and what is told when it fails.
import { describe, expect, it } from "vitest";
import { workflowRun } from "../../../src/ci/ask-github.ts";
import { readRemoteRun } from "../../../src/entry/github-api.ts";
import type { Env } from "../../../src/lib/env.ts";
import type { Clock } from "../../../src/ports.ts";
import { fakeClock } from "../../helpers/fakes.ts";
import { JSON_TYPE, refusal } from "../../helpers/repository.ts";
import { type Reply, startServer } from "../../helpers/server.ts";

const ENV = { GITHUB_ACTIONS: "true", GITHUB_REPOSITORY: "acme/warehouse", GITHUB_RUN_ID: "1658821493" };

/** A clock on which no time passes. */
const STILL: Clock = { ...fakeClock(), sleep: () => new Promise(() => {}) };

const MAY_READ =
	"give the job `permissions: actions: read` and check github-token (for the command: GITHUB_TOKEN in its environment), " +
	"or give `resource` in the context";

/** As the API answers: https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run */
const RUN = {
	id: 1_658_821_493,
	name: "Bauen und prüfen",
	run_number: 562,
	event: "push",
	status: "in_progress",
	conclusion: null,
	pull_requests: [],
	html_url: "https://github.com/acme/warehouse/actions/runs/1658821493",
	head_commit: { message: "Grüße 🙂", author: { name: "octocat" } },
};

interface Given {
	readonly replies?: readonly Reply[];
	readonly env?: Env;
	readonly token?: string;
	readonly clock?: Clock;
	readonly signal?: AbortSignal;
}

async function read({ replies = [], env = ENV, token = "ghs_x", clock = STILL, signal }: Given) {
	const api = await startServer(...replies);
	const found = await workflowRun(
		{ ...env, GITHUB_API_URL: api.url },
		token,
		clock,
		signal ?? new AbortController().signal,
		async () => ({ readRemoteRun }),
	);
	return { found, requests: api.requests };
}

const json = (body: string): Reply => ({ status: 200, body, headers: JSON_TYPE });

describe("the workflow run", () => {
	it("is the whole answer of the API, asked once with the token", async () => {
		const { found, requests } = await read({ replies: [json(JSON.stringify(RUN, null, 2))] });
		expect(JSON.stringify(found)).toBe(JSON.stringify({ resource: RUN }));
		expect(requests).toMatchObject([
			{
				method: "GET",
				path: "/repos/acme/warehouse/actions/runs/1658821493",
				headers: { authorization: "token ghs_x" },
			},
		]);
	});

	it("is asked for once more after a 5xx", async () => {
		const { found, requests } = await read({ replies: [refusal(502, "Bad Gateway"), json('{"id": 1}')] });
		expect(found).toEqual({ resource: { id: 1 } });
		expect(requests).toHaveLength(2);
	});
});

describe("where it cannot be had, the reason and the remedy are told, and nobody is asked in vain:", () => {
	it.each([
		["outside of GitHub", { env: {} }, "outside GitHub Actions there is no workflow run; give `resource`"],
		["without a repository", { env: { ...ENV, GITHUB_REPOSITORY: "" } }, "GITHUB_REPOSITORY or GITHUB_RUN_ID is not"],
		["without a run", { env: { ...ENV, GITHUB_RUN_ID: "../7" } }, "GITHUB_REPOSITORY or GITHUB_RUN_ID is not set; "],
		["without a token", { token: "" }, "there is no token for GitHub's API; give github-token"],
	])("%s", async (_, given, reason) => {
		const { found, requests } = await read(given);
		expect(found).toEqual({ reason: expect.stringContaining(reason) });
		expect(found).toEqual({ reason: expect.stringMatching(/give `resource` in the context$/) });
		expect(requests).toEqual([]);
	});

	it.each([
		[
			"403",
			refusal(403, "Resource not accessible"),
			`GitHub's API responded with 403: Resource not accessible; ${MAY_READ}`,
			1,
		],
		["404", refusal(404, "Not Found"), `GitHub's API does not know run 1658821493 of acme/warehouse; ${MAY_READ}`, 1],
		["500, twice", refusal(500, "Oops"), `GitHub's API responded with 500: Oops; ${MAY_READ}`, 2],
		[
			"a list",
			json("[]"),
			"GitHub's API responded with something other than a JSON object; give `resource` in the context",
			1,
		],
		[
			"half of it",
			json('{"id": 1'),
			"GitHub's API responded with something other than a JSON object; give `resource` in the context",
			1,
		],
		[
			"a megabyte",
			json(`{"a": "${"a".repeat(1024 * 1024)}"}`),
			"the workflow run is larger than 1048576 bytes; give `resource` in the context",
			1,
		],
		[
			"a mine",
			json(`{"a": ${"[".repeat(600)}${"]".repeat(600)}}`),
			"the workflow run is nested deeper than 500 levels; give `resource` in the context",
			1,
		],
	])("%s", async (_, reply, reason, asked) => {
		const { found, requests } = await read({ replies: [reply] });
		expect(found).toEqual({ reason });
		expect(requests).toHaveLength(asked);
	});

	it("a server that hangs, after 15 seconds", async () => {
		const clock = fakeClock();
		const { found } = await read({ replies: [() => {}], clock });
		expect(found).toEqual({ reason: `GitHub's API gave no complete response within 15 s; ${MAY_READ}` });
		expect(clock.sleeps).toEqual([15_000]);
	});

	it("a run that is cancelled meanwhile", async () => {
		const cancel = new AbortController();
		const hang: Reply = () => cancel.abort(new Error("was called off"));
		const { found } = await read({ replies: [hang], signal: cancel.signal });
		expect(found).toEqual({ reason: `GitHub's API was called off; ${MAY_READ}` });
	});
});

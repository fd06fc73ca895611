// Reading by GitHub's API: what is asked, and what is told when it fails.
import { describe, expect, it } from "vitest";
import { githubFiles, sourceOf } from "../../../src/ci/ask-github.ts";
import type { Clock, ReadRemoteFile, RemoteFile } from "../../../src/ports.ts";
import { fakeClock, fakeFiles } from "../../helpers/fakes.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const ENV = { GITHUB_REPOSITORY: "acme/warehouse", GITHUB_SHA: COMMIT };
const OUTSIDE = "/elsewhere/hooks.toml";

/** A clock on which no time passes. */
const STILL: Clock = { ...fakeClock(), sleep: () => new Promise(() => {}) };

interface Given {
	readonly env?: Record<string, string>;
	readonly token?: string;
	readonly because?: string;
}

function read(path: string, reader: ReadRemoteFile, given: Given = {}) {
	const { env = ENV, token = "ghs_x", because = "" } = given;
	const ports = { files: fakeFiles({ [OUTSIDE]: "outside", "/work/hooks.toml": "the workspace's" }), clock: STILL };
	const { signal } = new AbortController();
	const files = githubFiles(sourceOf(env, token), "/work", because, ports, signal, async () => ({
		readRemoteFile: reader,
	}));
	return files.read(path, 10);
}

describe("what is asked", () => {
	it("is the path from the workspace at the commit; what lies outside is read from the disk", async () => {
		const asked: RemoteFile[] = [];
		const reader: ReadRemoteFile = async (file) => {
			asked.push(file);
			return new TextEncoder().encode("remote");
		};
		expect(await read("/work/hooks.toml", reader)).toEqual({ kind: "file", bytes: new TextEncoder().encode("remote") });
		expect(
			await read("/work/..a/b.toml", reader, { env: { ...ENV, GITHUB_API_URL: "https://ghes.invalid/api/v3" } }),
		).toMatchObject({ kind: "file" });
		expect(await read(OUTSIDE, reader)).toEqual({ kind: "file", bytes: new TextEncoder().encode("outside") });
		const common = { token: "ghs_x", repository: "acme/warehouse", ref: COMMIT, limit: 10 };
		expect(asked).toEqual([
			{ ...common, apiUrl: "https://api.github.com", path: "hooks.toml" },
			{ ...common, apiUrl: "https://ghes.invalid/api/v3", path: "..a/b.toml" },
		]);
	});

	it.each([[{ token: "" }], [{ env: { GITHUB_SHA: COMMIT } }], [{ env: { GITHUB_REPOSITORY: "a/b" } }]])(
		"is nothing with %j",
		async (given) => {
			const reader: ReadRemoteFile = () => Promise.reject(new Error("asked"));
			expect(await read("/work/hooks.toml", reader, given)).toMatchObject({
				kind: "unreadable",
				detail: expect.not.stringContaining("asked"),
			});
		},
	);
});

describe("what is told", () => {
	it("when it is not there, or too large", async () => {
		expect(await read("/work/hooks.toml", async () => undefined)).toEqual({ kind: "missing" });
		const large = await read("/work/hooks.toml", async () => new Uint8Array(11));
		expect(large).toEqual({ kind: "unreadable", detail: "larger than 10 bytes" });
	});

	it("when it fails: why the API was asked, and in one bounded line what it said", async () => {
		const reader: ReadRemoteFile = () =>
			Promise.reject(new Error(`responded with 500: \u001b[31ma\n${"b".repeat(999)}`));
		const found = await read("/work/hooks.toml", reader, { because: "on issue_comment it is" });
		expect(found).toMatchObject({
			detail: expect.stringMatching(/^on issue_comment it is; GitHub's API responded with 500: a b{200,299}…$/),
			remedy: expect.stringMatching(/^give the job `permissions: contents: read` and check github-token/),
		});
		expect(await read("/work/hooks.toml", reader)).toMatchObject({
			detail: expect.stringMatching(/^GitHub's API responded with 500/),
			remedy: expect.stringMatching(/^run actions\/checkout before this step, or give/),
		});
	});
});

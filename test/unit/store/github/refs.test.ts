// Records of deliveries through GitHub's API: the suite of records, and what is its own.
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { gitIn, openRecords, refOf, writeRef } from "../../../helpers/git-records.ts";
import { githubGit } from "../../../helpers/github-git.ts";
import { openThroughApi, TOKEN } from "../../../helpers/github-records.ts";
import { good, record } from "../../../helpers/records.ts";
import { type Reply, startServer } from "../../../helpers/server.ts";
import { recordsSuite } from "../../../suites/records-suite.ts";

async function newPlace() {
	const folder = await mkdtemp(join(tmpdir(), "records-"));
	const repository = join(folder, "remote.git");
	gitIn(folder, ["init", "-q", "--bare", repository]);
	const server = createServer(githubGit(repository, TOKEN));
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	const stop = async () => {
		server.closeAllConnections();
		server.close();
	};
	servers.set(repository, stop);
	const remove = async () => {
		await stop();
		await rm(folder, { recursive: true });
	};
	return { place: `http://127.0.0.1:${port}#${repository}`, remove };
}

const servers = new Map<string, () => Promise<void>>();
const folderOf = (place: string) => place.split("#")[1] ?? "";

recordsSuite("GitHub's API", {
	place: newPlace,
	open: openThroughApi,
	look: openThroughApi,
	isMade: async (place) => gitIn(folderOf(place), ["for-each-ref"]) !== "",
	script: fileURLToPath(new URL("../../../helpers/github-records-process.ts", import.meta.url)),
	tamper: async (place, id, text) => writeRef(folderOf(place), refOf(id), text),
	unusable: {
		"nobody answers": [
			async (place) => servers.get(folderOf(place))?.(),
			/^http:\/\/127\.0\.0\.1:\d+\/repos\/acme\/shop cannot be reached: connection refused$/,
		],
	},
	workers: 2,
});

const times = { now: 5000, until: 6000 };

describe("through the API and through git", () => {
	it("the same records are put, claimed, settled and removed", async () => {
		const { place, remove } = await newPlace();
		onTestFinished(remove);
		const [api, git] = [good(await openThroughApi(place)), good(await openRecords(folderOf(place)))];
		await api.put([record("1")]);
		await git.put([record("2"), record("3")]);
		const listed = [good(await api.list({})).records, good(await git.list({})).records];
		expect(listed[0]).toEqual(listed[1]);
		expect(listed[0]?.map((each) => each.record.id)).toEqual(["1", "2", "3"]);
		const byApi = good(await api.claim(listed[0]?.slice(0, 2) ?? [], times));
		expect(byApi.map((each) => each.record.id)).toEqual(["1", "2"]);
		const byGit = good(await git.claim(listed[1] ?? [], times));
		expect(byGit.map((each) => each.record.id)).toEqual(["3"]);
		expect(await git.settle(byApi.map((from) => ({ from, to: undefined })))).toEqual([]);
		expect(await api.settle(byGit.map((from) => ({ from, to: undefined })))).toEqual([]);
		expect(gitIn(folderOf(place), ["for-each-ref"])).toBe("");
		await git.close();
	});

	it("a record whose remover was stopped half-way is gone", async () => {
		const { place, remove } = await newPlace();
		onTestFinished(remove);
		const [api, git] = [good(await openThroughApi(place)), good(await openRecords(folderOf(place)))];
		await api.put([record("1"), record("2")]);
		const one = refOf("1");
		const tree = gitIn(folderOf(place), ["rev-parse", `${one}^{tree}`]);
		gitIn(folderOf(place), [
			"update-ref",
			one,
			gitIn(folderOf(place), ["commit-tree", tree, "-p", one, "-m", "removed"]),
		]);
		for (const store of [api, git]) {
			const { records, invalid } = good(await store.list({}));
			expect([records.map((each) => each.record.id), invalid]).toEqual([["2"], 0]);
		}
		await git.close();
	});
});

describe("a job", () => {
	const refused = (status: number, message: string, headers = {}): Reply => ({
		status,
		body: JSON.stringify({ message }),
		headers,
	});
	it.each([
		[
			"that may not write",
			refused(403, "Resource not accessible by integration"),
			/may not be used with this token \(403\): the job needs `permissions: contents: write`: Resource not/,
		],
		["with another token", refused(401, "Bad credentials"), /does not accept the token \(401\): Bad credentials$/],
		[
			"of another repository",
			refused(404, "Not Found"),
			/is not there, or the token may not see it \(404\): Not Found$/,
		],
		[
			"that asks too often",
			refused(403, "API rate limit exceeded", { "x-ratelimit-remaining": "0" }),
			/is asked too often \(403\): API rate limit exceeded$/,
		],
		["that gets no JSON", { status: 201, body: "{}" }, /^GitHub's API gave no id for what it has made$/],
	])("%s is told so", async (_, reply, problem) => {
		const { url, requests } = await startServer(reply);
		const store = good(await openThroughApi(url));
		expect(await store.put([record("1"), record("2")])).toEqual({ problem: expect.stringMatching(problem) });
		expect(requests.length).toBe(1);
	});

	it("whose request failed for a moment asks once more", async () => {
		const { url, requests } = await startServer(refused(502, ""), { status: 200, body: "[]" });
		expect(good(await good(await openThroughApi(url)).list({})).records).toEqual([]);
		expect(requests.length).toBe(2);
	});

	it("without a token or a repository is told so", async () => {
		expect(await openThroughApi("", { token: "" })).toEqual({ problem: "the git store needs a github-token" });
		expect(await openThroughApi("", { repository: "../x" })).toEqual({
			problem: "the git store needs a repository, as owner/name",
		});
	});
});

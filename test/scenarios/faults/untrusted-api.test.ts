// The base's config cannot be had: the stranger's must not stand in for it.
import { describe, expect, it } from "vitest";
import { type Exposed, exposed, PATH } from "../../helpers/exposed.ts";
import { JSON_TYPE, RAW_TYPE, refusal } from "../../helpers/repository.ts";
import { type Reply, startServer } from "../../helpers/server.ts";

const MAY_READ = "give the job `permissions: contents: read` and check github-token";

/** Fires with another API, or another token; the step must fail, and nothing of anybody may have run. */
async function refused(event: string, { replies, token = "ghs_x", url }: Trouble): Promise<Refused> {
	const stage = await exposed({ onFailure: "abort" });
	stage.checkOutForeign();
	const api = await startServer(...(replies ?? []));
	const run = await stage.fire(event, {
		inputs: { "github-token": token, "allow-untrusted-shell": "true" },
		env: { GITHUB_API_URL: url ?? api.url },
	});
	expect(run).toMatchObject({ code: 1, stderr: "", outputs: { result: "error" } });
	expect([stage.sent(), stage.ran()]).toEqual([[], []]);
	const [annotation, ...others] = run.annotations;
	expect(others).toEqual([]);
	expect(annotation).toMatchObject({ kind: "error" });
	const because = `on ${event} config files are read from acme/warehouse at ${stage.base.slice(0, 7)}, not from the workspace`;
	expect(annotation?.message).toContain(because);
	return { message: annotation?.message ?? "", requests: api.requests.length, stage };
}

interface Trouble {
	readonly replies?: readonly Reply[];
	readonly token?: string;
	readonly url?: string;
}

interface Refused {
	readonly message: string;
	readonly requests: number;
	readonly stage: Exposed;
}

/** A config without its gate, were it taken for whole. */
const CUT: Reply = (_, response) => {
	response.writeHead(200, { ...RAW_TYPE, "content-length": "1000" });
	response.write("[defaults]\n");
	setTimeout(() => response.destroy(), 20);
};
const HANG: Reply = (_, response) => {
	response.writeHead(200, RAW_TYPE);
	response.write("[defaults]\n");
};

describe.each(["workflow_run"])(
	"fault 39: on %s the step fails if the base commit's config cannot be read; the checkout's is not used instead",
	(event) => {
		it("without a token", async () => {
			const { message, requests } = await refused(event, { token: "" });
			expect(message).toContain("; there is no token for GitHub's API; give github-token ");
			expect(message).toContain("with `permissions: contents: read`");
			expect(requests).toBe(0);
		});

		it("when the API refuses the token", async () => {
			const replies = [refusal(403, "Resource not accessible by integration")];
			const { message, requests } = await refused(event, { replies });
			expect(message).toContain(
				`; GitHub's API responded with 403: Resource not accessible by integration; ${MAY_READ}`,
			);
			expect(requests).toBe(1);
		});

		it("when the commit has none", async () => {
			const { message, requests } = await refused(event, { replies: [refusal(404, "Not Found")] });
			expect(message).toContain("there is no config file; ");
			expect(message).toContain("; give its path in the repository; if it is there, the job needs `permissions: ");
			expect(requests).toBe(3);
		});

		it("when the API fails twice", async () => {
			const { message, requests } = await refused(event, { replies: [refusal(500, "x".repeat(5000))] });
			expect(message).toMatch(/; GitHub's API responded with 500: x+…; give the job/);
			expect(message.length).toBeLessThan(700);
			expect(requests).toBe(2);
		});
	},
);

describe("fault 39: a base commit's config that arrives truncated, late or never fails the step in bounded time", () => {
	it("cut", async () => {
		const { message, requests } = await refused("pull_request_target", { replies: [CUT] });
		expect(message).toContain("; GitHub's API cannot be reached: ");
		expect(requests).toBe(2);
	});

	it("from nobody", async () => {
		const { message } = await refused("pull_request_target", { url: "http://127.0.0.1:1" });
		expect(message).toContain("; GitHub's API cannot be reached: ");
	});

	it("never whole", { timeout: 30_000 }, async () => {
		const start = performance.now();
		const { message } = await refused("pull_request_target", { replies: [HANG] });
		expect(message).toContain("; GitHub's API gave no complete response within 15 s; ");
		expect(performance.now() - start).toBeLessThan(18_000);
	});

	it("never, and the run is cancelled", async () => {
		const stage = await exposed();
		let asked = () => {};
		const cancel = new Promise<void>((resolve) => {
			asked = resolve;
		});
		const api = await startServer(() => asked());
		const start = performance.now();
		const run = await stage.fire("pull_request_target", { env: { GITHUB_API_URL: api.url }, cancel });
		expect(run).toMatchObject({ code: 1, outputs: { result: "error" } });
		expect(performance.now() - start).toBeLessThan(5000);
		expect([stage.sent(), stage.ran()]).toEqual([[], []]);
	});
});

it("a failure of the API that passes is survived", async () => {
	const stage = await exposed();
	const config = `[hook.webhooks.pipeline_start]\nurl = "${stage.receiver.url}/base"\n`;
	const failure: Reply = { status: 502, body: "<html>", headers: { "content-type": "text/html" } };
	const api = await startServer(failure, { status: 200, body: config, headers: RAW_TYPE });
	const run = await stage.fire("pull_request_target", { env: { GITHUB_API_URL: api.url } });
	expect(run).toMatchObject({ code: 0, annotations: [], outputs: { result: "passed" } });
	expect(api.requests).toHaveLength(2);
});

it("a folder by the config's name is none, and one of more than 10 MB is refused", async () => {
	const stage = await exposed();
	const given = { inputs: { config: PATH } };
	const folder = await startServer({ status: 200, body: '[{"type": "file"}]', headers: JSON_TYPE });
	const none = await stage.fire("workflow_run", {
		...given,
		env: { GITHUB_API_URL: folder.url, GITHUB_SHA: "1".repeat(40) },
	});
	expect(none.annotations[0]?.message).toContain(`config file ${PATH} not found; on workflow_run`);
	let written = 0;
	const endless = await startServer((_, response) => {
		response.writeHead(200, RAW_TYPE);
		const chunk = Buffer.alloc(1024 * 1024, "#");
		const more = () => {
			while (written < 200 * chunk.length && response.write(chunk)) written += chunk.length;
		};
		response.on("drain", more);
		more();
	});
	const large = await stage.fire("pull_request_target", { ...given, env: { GITHUB_API_URL: endless.url } });
	expect(large.annotations[0]?.message).toContain(`config file ${PATH} cannot be read: larger than 10485760 bytes`);
	expect(written).toBeLessThan(100 * 1024 * 1024);
});

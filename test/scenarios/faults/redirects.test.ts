// Redirects: none is followed, wherever it points.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inNetwork } from "../../helpers/network.ts";
import { startNginx, withoutNginx } from "../../helpers/nginx.ts";
import { workspace } from "../../helpers/runner.ts";
import { denied, fire, send, webhook } from "../../helpers/send.ts";
import { startServer } from "../../helpers/server.ts";

const STATUSES: readonly (readonly [status: number, reason: string])[] = [
	[301, "301 Moved Permanently: redirects are not followed"],
	[302, "302 Found: redirects are not followed"],
	[303, "303 See Other: redirects are not followed"],
	[307, "307 Temporary Redirect: redirects are not followed"],
	[308, "308 Permanent Redirect: redirects are not followed"],
];

const row = (error: string) => ({ status: "failed", attempts: 1, error });

/** Answers 302 and the like, inside of the process: in a network of its own there is no other server that would. */
const REDIRECTOR = `
require("node:http").createServer((request, response) => {
	const [status, location] = request.url.slice(1).split("?");
	request.resume().once("end", () => response.writeHead(Number(status), { Location: location }).end());
}).listen(8080, "127.0.0.1").unref();
`;

describe("fault 16: 301, 302, 303, 307 and 308 are failures, and the address that they point to is never contacted", () => {
	it.each(STATUSES)("%i", async (status, reason) => {
		const other = await startServer({ status: 200 });
		const server = await startServer((request, response) => {
			const [, location = ""] = /\?(.*)$/.exec(request.url ?? "") ?? [];
			response.writeHead(status, { Location: location }).end();
		});
		const locations = [`${other.url}/elsewhere`, `${other.url.replace("http:", "https:")}/`, "/here", "?"];
		const hooks = locations.map((location, n) => webhook(`${server.url}/in?${location}`, "", `h${n}`));
		const run = await fire(hooks.join(""));
		expect(run).toMatchObject({ code: 0, stderr: "", results: { results: locations.map(() => row(reason)) } });
		expect(run.log).not.toContain("elsewhere");
		expect(server.requests.length).toBe(locations.length);
		expect(other.requests).toEqual([]);
	});

	it("deny a gate", async () => {
		const other = await startServer({ status: 200 });
		const server = await startServer({ status: 307, headers: { Location: other.url } });
		const run = await send(server.url, 'on_failure = "abort"');
		expect(run).toMatchObject(denied("307 Temporary Redirect: redirects are not followed"));
		expect([server.requests.length, other.requests.length]).toEqual([1, 0]);
	});

	inNetwork((fireThere) => {
		it("also to a link-local address and to loopback", async () => {
			const targets = ["https://169.254.169.254/latest/meta-data/", "http://127.0.0.1:80/", "http://[fe80::1]/"];
			const cases = STATUSES.flatMap(([status, reason]) => targets.map((target) => ({ status, reason, target })));
			const hooks = cases.map(({ status, target }, n) =>
				webhook(`http://127.0.0.1:8080/${status}?${target}`, "", `h${n}`),
			);
			const script = join(workspace({ "redirector.cjs": REDIRECTOR }), "redirector.cjs");
			const run = await fireThere(hooks.join(""), { env: { NODE_OPTIONS: `--require=${script}` } });
			expect(run).toMatchObject({ code: 0, results: { results: cases.map(({ reason }) => row(reason)) } });
			// On ports 80 and 443 of every address somebody would have answered.
			expect(run).toMatchObject({ connections: [], begun: cases.length });
		});
	});

	it.skipIf(withoutNginx)("nginx's (needs nginx-light)", async () => {
		const redirects = STATUSES.map(([status]) => `location /${status} { return ${status} http://$host:$arg_to/; }`);
		const nginx = await startNginx([`; ${redirects.join(" ")}`, "; location / { return 200; }"]);
		const [port, to] = nginx.ports;
		const hooks = STATUSES.map(([status]) => webhook(`http://127.0.0.1:${port}/${status}?to=${to}`, "", `h${status}`));
		const run = await fire(hooks.join(""));
		expect(run).toMatchObject({ code: 0, results: { results: STATUSES.map(([, reason]) => row(reason)) } });
		expect(nginx.log().map((line) => line.split(" ", 1)[0])).toEqual(STATUSES.map(() => String(port)));
	});
});

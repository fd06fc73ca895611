// The minimum for posting a file of events: only undici, with as many requests at once as the command.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { Pool } from "undici";

const [file = "", target = "", width = "20"] = process.argv.slice(2);
const url = new URL(target);
const pool = new Pool(url.origin, { connections: Number(width) });
const lines = createInterface({ input: createReadStream(file) })[Symbol.asyncIterator]();
/** As many and as long as the command's headers; the signature is always the same. */
const headers = {
	"accept-encoding": "identity",
	"Content-Type": "application/json",
	"User-Agent": "pipeline-hooks/0.1.0",
	"X-Rocky-Event": "after_materialize",
	"X-Rocky-Delivery": `dlv_${"0".repeat(32)}`,
	"X-Rocky-Signature": `sha256=${"0".repeat(64)}`,
};

async function work(): Promise<void> {
	for (let line = await lines.next(); !line.done; line = await lines.next()) {
		const { body } = await pool.request({ path: url.pathname, method: "POST", headers, body: line.value });
		await body.dump();
	}
}

await Promise.all(Array.from({ length: Number(width) }, work));
await pool.close();

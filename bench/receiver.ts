// The receiver of the measured webhooks: a server on loopback that counts requests with a valid signature.
import { createHmac } from "node:crypto";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Certificate } from "../test/helpers/net.ts";

export interface Receiver {
	readonly url: string;
	/** How many requests came with a valid signature over their raw bytes. */
	readonly accepted: () => number;
	readonly close: () => void;
}

/** Starts a receiver of requests signed with `secret`; over https if it has a certificate. */
export async function startReceiver(secret: string, certificate?: Certificate): Promise<Receiver> {
	let accepted = 0;
	const listener: RequestListener = async (request, response) => {
		const hmac = createHmac("sha256", secret);
		for await (const chunk of request) hmac.update(chunk);
		const valid = request.headers["x-rocky-signature"] === `sha256=${hmac.digest("hex")}`;
		if (valid) accepted++;
		response.writeHead(valid ? 200 : 401).end();
	};
	const server = certificate === undefined ? createHttpServer(listener) : createHttpsServer(certificate, listener);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("the receiver has no port");
	return {
		url: `${certificate === undefined ? "http" : "https"}://127.0.0.1:${address.port}/hook`,
		accepted: () => accepted,
		close: () => server.close(),
	};
}

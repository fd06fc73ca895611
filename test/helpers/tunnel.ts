// A proxy that opens tunnels (CONNECT) and passes every byte, end and reset on as it comes.
import { createServer } from "node:http";
import { connect, type Server, type Socket } from "node:net";

/** A proxy that is not listening yet. `tunnels` counts those that were opened. */
export function tunnelProxy(): { readonly server: Server; readonly tunnels: () => number } {
	let tunnels = 0;
	const server = createServer();
	server.on("connect", (request, near: Socket) => {
		const [, host = "", port = ""] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(request.url ?? "") ?? [];
		const far = connect({ host, port: Number(port) }, () => {
			tunnels += 1;
			near.write("HTTP/1.1 200 Connection established\r\n\r\n");
			near.pipe(far);
			far.pipe(near);
		});
		far.on("error", () => (far.connecting ? near.end("HTTP/1.1 502 Bad Gateway\r\n\r\n") : near.resetAndDestroy()));
		near.on("error", () => far.destroy());
		near.once("close", () => far.destroy());
	});
	return { server, tunnels: () => tunnels };
}

// A host for one call: it makes the call that the address names, and shows the page in a
// frame. The server is at /rpc.
window.calls = []; // by the page
window.contexts = []; // for the model
window.sizes = [];

let id = 0;
async function rpc(method, params) {
	const reply = await fetch("/rpc", { method: "POST", body: JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params }) });
	const { result, error } = await reply.json();
	if (error) throw new Error(error.message);
	return result;
}

async function start() {
	const call = JSON.parse(decodeURIComponent(location.hash.slice(1)));
	const frame = document.querySelector("iframe");
	const bridge = new AppBridge(null, { name: "host", version: "1" }, { serverTools: {}, serverResources: {}, updateModelContext: { text: {} } },
		{ hostContext: { theme: "dark", displayMode: "inline" } });
	bridge.oncalltool = async (params) => {
		calls.push(params);
		return rpc("tools/call", params);
	};
	bridge.onreadresource = (params) => rpc("resources/read", params);
	bridge.onupdatemodelcontext = async (params) => {
		contexts.push(params.content[0].text);
		return {};
	};
	bridge.onsizechange = (params) => sizes.push(params);
	bridge.oninitialized = async () => {
		await bridge.sendToolInput({ arguments: call.arguments });
		window.result = await rpc("tools/call", call);
		await bridge.sendToolResult(window.result);
		window.isShown = true;
	};
	await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow));
	window.bridge = bridge;
	frame.src = "/app";
}
start();

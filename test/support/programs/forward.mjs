// Passes TCP connections on to HOST:PORT: `forward.mjs HOST PORT`. Stopped by SIGSTOP it is to a client what a stopped server
// is: the kernel still takes connections and bytes, and nothing ever responds.
import { connect, createServer } from "node:net";

const [host, port] = process.argv.slice(2);
const server = createServer((socket) => {
  const onward = connect(Number(port), host);
  socket.pipe(onward).pipe(socket);
  socket.on("error", () => onward.destroy());
  onward.on("error", () => socket.destroy());
});
server.listen(0, "127.0.0.1", () => console.log(`listens on port ${server.address().port}`));

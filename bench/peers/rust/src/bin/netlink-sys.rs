//! netlink-sys: blocking sockets, and bytes that the caller writes and reads.
use netlink_peers::{measure_each, not_offered, Arguments};
use netlink_sys::{Socket, SocketAddr};
use std::io::Write;

const NETLINK_GENERIC: isize = 16;
const HEADER_BYTES: usize = 16;

fn open(protocol: isize) -> Socket {
    let mut socket = Socket::new(protocol).expect("socket");
    socket.bind_auto().expect("bind");
    socket
}

fn getfamily(sequence: u32) -> [u8; 32] {
    let mut bytes = [0u8; 32];
    bytes[0] = 31; // length
    bytes[4] = 16; // GENL_ID_CTRL
    bytes[6] = 1; // NLM_F_REQUEST
    bytes[8..12].copy_from_slice(&sequence.to_ne_bytes());
    bytes[16] = 3; // CTRL_CMD_GETFAMILY
    bytes[17] = 1; // version
    bytes[20] = 11; // CTRL_ATTR_FAMILY_NAME
    bytes[22] = 2;
    bytes[24..30].copy_from_slice(b"nlctrl");
    bytes
}

fn controller() -> impl FnMut(usize) {
    let socket = open(NETLINK_GENERIC);
    socket.connect(&SocketAddr::new(0, 0)).expect("connect");
    let mut reply = Vec::with_capacity(8192);
    move |index| {
        socket.send(&getfamily(index as u32), 0).expect("send");
        reply.clear();
        let length = socket.recv(&mut reply, 0).expect("recv");
        assert!(length > 20 && reply[4] == 16);
    }
}

fn echo(arguments: &Arguments) {
    let socket = open(arguments.protocol);
    let peer = SocketAddr::new(arguments.port, 0);
    let length = arguments.size + HEADER_BYTES;
    let mut request = vec![b'x'; length];
    request[..HEADER_BYTES].fill(0);
    request[..4].copy_from_slice(&(length as u32).to_ne_bytes());
    request[4] = 16;
    request[length - 1] = 0;
    let mut reply = Vec::with_capacity(length + 64);
    measure_each(arguments, |index| {
        request[8..12].copy_from_slice(&(index as u32).to_ne_bytes());
        socket.send_to(&request, &peer, 0).expect("send");
        reply.clear();
        assert!(socket.recv(&mut reply, 0).expect("recv") >= length);
    });
}

fn main() {
    let arguments = Arguments::parse();
    match (arguments.workload.as_str(), arguments.variant.as_str()) {
        ("request", "sync") => measure_each(&arguments, controller()),
        ("start", "request") => {
            controller()(1);
            std::io::stdout().write_all(b"x").expect("write");
        }
        ("echo", "sync") => echo(&arguments),
        _ => not_offered(),
    }
}

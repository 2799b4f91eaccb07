//! rtnetlink on tokio.
use futures::stream::{StreamExt, TryStreamExt};
use netlink_packet_route::rtnl::route::nlas::Nla;
use netlink_packet_route::{NetlinkPayload, RouteMessage, RtnlMessage};
use netlink_peers::*;
use netlink_sys::{AsyncSocket, SocketAddr};
use std::io::Write;
use std::net::Ipv4Addr;
use std::os::unix::io::AsRawFd;
use std::time::Instant;

const BATCH: usize = 128;
const RTNLGRP_IPV4_ROUTE: u32 = 7;
const SO_RCVBUFFORCE: libc::c_int = 33;

/// What the program keeps of a route.
#[allow(dead_code)]
struct Route {
    destination: Ipv4Addr,
    prefix_length: u8,
    gateway: Ipv4Addr,
    link: u32,
    table: u32,
    priority: u32,
}

impl From<&RouteMessage> for Route {
    fn from(message: &RouteMessage) -> Self {
        let address = |bytes: &Vec<u8>| Ipv4Addr::new(bytes[0], bytes[1], bytes[2], bytes[3]);
        let mut route = Route {
            destination: Ipv4Addr::UNSPECIFIED,
            prefix_length: message.header.destination_prefix_length,
            gateway: Ipv4Addr::UNSPECIFIED,
            link: 0,
            table: message.header.table as u32,
            priority: 0,
        };
        for attribute in &message.nlas {
            match attribute {
                Nla::Destination(bytes) => route.destination = address(bytes),
                Nla::Gateway(bytes) => route.gateway = address(bytes),
                Nla::Oif(value) => route.link = *value,
                Nla::Table(value) => route.table = *value,
                Nla::Priority(value) => route.priority = *value,
                _ => {}
            }
        }
        route
    }
}

fn connect() -> rtnetlink::Handle {
    let (connection, handle, _) = rtnetlink::new_connection().expect("connection");
    tokio::spawn(connection);
    handle
}

async fn dump(arguments: &Arguments) {
    let handle = connect();
    for _ in 0..arguments.repeats {
        let mut sample = Sample::begin();
        let mut routes: Vec<Route> = Vec::new();
        let mut stream = handle.route().get(rtnetlink::IpVersion::V4).execute();
        while let Some(message) = stream.try_next().await.expect("dump") {
            routes.push(Route::from(&message));
        }
        sample.end();
        sample.print(routes.len(), None, "");
    }
}

async fn links(arguments: &Arguments) {
    let handle = connect();
    for _ in 0..arguments.repeats {
        let mut sample = Sample::begin();
        let links: Vec<_> = handle.link().get().execute().try_collect().await.expect("dump");
        sample.end();
        sample.print(links.len(), None, "");
    }
}

async fn link_index(handle: &rtnetlink::Handle) -> u32 {
    let mut links = handle.link().get().match_name(ROUTE_LINK.into()).execute();
    let link = links.try_next().await.expect("link").expect("link");
    link.header.index
}

async fn change(handle: &rtnetlink::Handle, index: usize, link: u32, remove: bool) {
    let mut add = handle
        .route()
        .add()
        .v4()
        .destination_prefix(route_destination(index), 24)
        .gateway(route_gateway(index))
        .output_interface(link);
    add.message_mut().nlas.push(Nla::Priority(route_priority(index)));
    if remove {
        let message = add.message_mut().clone();
        handle.route().del(message).execute().await.expect("del");
    } else {
        add.execute().await.expect("add");
    }
}

async fn routes(arguments: &Arguments, batch: usize) {
    let handle = connect();
    let link = link_index(&handle).await;
    for _ in 0..arguments.repeats {
        for step in ["add", "del"] {
            let mut sample = Sample::begin();
            for from in (0..arguments.count).step_by(batch) {
                let to = (from + batch).min(arguments.count);
                let changes = (from..to).map(|index| change(&handle, index, link, step == "del"));
                futures::future::join_all(changes).await;
            }
            sample.end();
            sample.print(arguments.count, None, &format!(",\"step\":\"{step}\""));
        }
    }
}

async fn events(arguments: &Arguments) {
    let (mut connection, _handle, mut messages) = rtnetlink::new_connection().expect("connection");
    let socket = connection.socket_mut().socket_mut();
    socket
        .bind(&SocketAddr::new(0, 1 << (RTNLGRP_IPV4_ROUTE - 1)))
        .expect("bind");
    if arguments.size != 0 {
        let bytes = arguments.size as libc::c_int;
        // SAFETY: the descriptor is open, and the option's value is an int.
        let result = unsafe {
            libc::setsockopt(
                socket.as_raw_fd(),
                libc::SOL_SOCKET,
                SO_RCVBUFFORCE,
                &bytes as *const _ as *const libc::c_void,
                std::mem::size_of_val(&bytes) as libc::socklen_t,
            )
        };
        assert_eq!(result, 0, "SO_RCVBUFFORCE");
    }
    tokio::spawn(connection);
    println!("READY");
    let (mut added, mut deleted) = (0, 0);
    let (mut first, mut last) = (None, Instant::now());
    let mut sample = Sample::begin();
    while let Some((message, _)) = messages.next().await {
        let (route, new) = match message.payload {
            NetlinkPayload::InnerMessage(RtnlMessage::NewRoute(route)) => (route, true),
            NetlinkPayload::InnerMessage(RtnlMessage::DelRoute(route)) => (route, false),
            _ => continue,
        };
        if Route::from(&route).destination == SENTINEL {
            break;
        }
        last = Instant::now();
        first.get_or_insert(last);
        if new {
            added += 1
        } else {
            deleted += 1
        }
    }
    sample.end();
    sample.begin = first.unwrap_or(last);
    sample.end = last;
    sample.print(
        added + deleted,
        None,
        &format!(",\"added\":{added},\"deleted\":{deleted}"),
    );
}

async fn run(arguments: Arguments) {
    match (arguments.workload.as_str(), arguments.variant.as_str()) {
        ("start", "request") => {
            link_index(&connect()).await;
            std::io::stdout().write_all(b"x").expect("write");
        }
        ("dump", "objects") => dump(&arguments).await,
        ("links", "objects") => links(&arguments).await,
        ("routes", "await") => routes(&arguments, 1).await,
        ("routes", "promises") => routes(&arguments, BATCH).await,
        ("events", "objects") => events(&arguments).await,
        _ => not_offered(),
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("runtime").block_on(run(Arguments::parse()))
}

// github.com/vishvananda/netlink.
package main

import (
	"errors"
	"net"

	"measure"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

const controllerID = 16

func openHandle() *netlink.Handle {
	handle, err := netlink.NewHandle(unix.NETLINK_ROUTE, unix.NETLINK_GENERIC) // keeps its sockets: its fast path
	measure.Check(err)
	return handle
}

func ask(handle *netlink.Handle) {
	family, err := handle.GenlFamilyGet("nlctrl")
	measure.Check(err)
	if family.ID != controllerID {
		measure.Check(errors.New("an unexpected family"))
	}
}

func changeRoutes(handle *netlink.Handle) {
	link, err := handle.LinkByName(measure.RouteLink)
	measure.Check(err)
	measure.Routes(1, func(index, _ int, remove bool) {
		route := netlink.Route{
			LinkIndex: link.Attrs().Index,
			Dst:       &net.IPNet{IP: measure.RouteDestination(index), Mask: net.CIDRMask(24, 32)},
			Gw:        measure.RouteGateway(index),
			Priority:  measure.RoutePriority(index),
			Protocol:  unix.RTPROT_STATIC,
			Table:     unix.RT_TABLE_MAIN,
		}
		if remove {
			measure.Check(handle.RouteDel(&route))
		} else {
			measure.Check(handle.RouteAdd(&route))
		}
	})
}

func listen() {
	if measure.Size != 0 {
		measure.NotOffered() // this version's RouteSubscribe has no option for the receive buffer
	}
	updates := make(chan netlink.RouteUpdate, 4096)
	errorCount := 0
	options := netlink.RouteSubscribeOptions{ErrorCallback: func(error) { errorCount++ }}
	measure.Check(netlink.RouteSubscribeWithOptions(updates, nil, options))
	events := measure.Listen()
	for update := range updates { // the library closes it at its first error
		var destination net.IP
		if update.Dst != nil {
			destination = update.Dst.IP
		}
		if !events.Take(destination, update.Type == unix.RTM_NEWROUTE) {
			break
		}
	}
	events.Overruns = errorCount
	events.Print()
}

func main() {
	switch measure.Workload + " " + measure.Variant {
	case "request sync":
		handle := openHandle()
		measure.Each(func() { ask(handle) })
	case "start request":
		ask(openHandle())
		measure.FirstReply()
	case "dump objects":
		handle := openHandle()
		measure.Dump(func() int {
			routes, err := handle.RouteListFiltered(unix.AF_INET, nil, 0)
			measure.Check(err)
			return len(routes)
		})
	case "links objects":
		handle := openHandle()
		measure.Dump(func() int {
			links, err := handle.LinkList()
			measure.Check(err)
			return len(links)
		})
	case "routes one":
		changeRoutes(openHandle())
	case "events objects":
		listen()
	default:
		measure.NotOffered()
	}
}

// github.com/mdlayher/netlink and genetlink, with github.com/jsimonetti/rtnetlink.
// No echo: its Conn.Send always addresses the kernel.
package main

import (
	"errors"
	"net"
	"syscall"

	"measure"

	"github.com/jsimonetti/rtnetlink"
	"github.com/mdlayher/genetlink"
	"github.com/mdlayher/netlink"
	"github.com/mdlayher/netlink/nlenc"
)

const (
	controllerID       = 16
	controlGetFamily   = 3
	controlFamilyName  = 2
	netlinkRoute       = 0
	netlinkGeneric     = 16
	routeGroup         = 7
	batchSize          = 128
	newRoute, delRoute = 24, 25
)

func check[T any](value T, err error) T {
	measure.Check(err)
	return value
}

func ask(conn *genetlink.Conn) {
	if check(conn.GetFamily("nlctrl")).ID != controllerID {
		measure.Check(errors.New("an unexpected family"))
	}
}

// exchange sends all messages in one sendmsg and receives as many replies.
func exchange(conn *netlink.Conn, messages []netlink.Message) {
	check(conn.SendMessages(messages))
	for received := 0; received < len(messages); {
		received += len(check(conn.Receive()))
	}
}

func inflight() {
	conn := check(netlink.Dial(netlinkGeneric, nil))
	measure.Check(conn.SetReadBuffer(4 << 20)) // 256 replies at once overflow the default
	name := check(netlink.MarshalAttributes([]netlink.Attribute{{Type: controlFamilyName, Data: nlenc.Bytes("nlctrl")}}))
	measure.Rounds(func(count int) (*measure.Sample, []int) {
		sample := measure.Start()
		for done := 0; done < count; done += measure.Size {
			messages := make([]netlink.Message, measure.Size)
			for index := range messages {
				messages[index] = netlink.Message{
					Header: netlink.Header{Type: controllerID, Flags: netlink.Request},
					Data:   append([]byte{controlGetFamily, 1, 0, 0}, name...),
				}
			}
			exchange(conn, messages)
		}
		sample.Stop()
		return sample, nil
	})
}

func route(index, link int) *rtnetlink.RouteMessage {
	return &rtnetlink.RouteMessage{
		Family: syscall.AF_INET, DstLength: 24, Table: syscall.RT_TABLE_MAIN,
		Protocol: syscall.RTPROT_STATIC, Type: syscall.RTN_UNICAST,
		Attributes: rtnetlink.RouteAttributes{
			Dst: measure.RouteDestination(index), Gateway: measure.RouteGateway(index),
			OutIface: uint32(link), Priority: uint32(measure.RoutePriority(index)),
		},
	}
}

func routesOneByOne() {
	link := check(net.InterfaceByName(measure.RouteLink)).Index
	conn := check(rtnetlink.Dial(nil))
	measure.Routes(1, func(index, _ int, remove bool) {
		if remove {
			measure.Check(conn.Route.Delete(route(index, link)))
		} else {
			measure.Check(conn.Route.Add(route(index, link)))
		}
	})
}

func routesInBatches() {
	link := check(net.InterfaceByName(measure.RouteLink)).Index
	conn := check(netlink.Dial(netlinkRoute, nil))
	measure.Routes(batchSize, func(from, to int, remove bool) {
		header := netlink.Header{Type: newRoute, Flags: netlink.Request | netlink.Acknowledge | netlink.Create | netlink.Excl}
		if remove {
			header = netlink.Header{Type: delRoute, Flags: netlink.Request | netlink.Acknowledge}
		}
		messages := make([]netlink.Message, 0, to-from)
		for index := from; index < to; index++ {
			messages = append(messages, netlink.Message{Header: header, Data: check(route(index, link).MarshalBinary())})
		}
		exchange(conn, messages)
	})
}

func listen() {
	conn := check(netlink.Dial(netlinkRoute, nil))
	if measure.Size != 0 {
		measure.Check(conn.SetReadBuffer(measure.Size))
	}
	measure.Check(conn.JoinGroup(routeGroup))
	events := measure.Listen()
	defer events.Print()
	for {
		messages, err := conn.Receive()
		if errors.Is(err, syscall.ENOBUFS) {
			events.Overruns++
			continue
		}
		measure.Check(err)
		for index := range messages {
			var message rtnetlink.RouteMessage
			measure.Check(message.UnmarshalBinary(messages[index].Data))
			if !events.Take(message.Attributes.Dst, messages[index].Header.Type == newRoute) {
				return
			}
		}
	}
}

func main() {
	switch measure.Workload + " " + measure.Variant {
	case "request sync":
		conn := check(genetlink.Dial(nil))
		measure.Each(func() { ask(conn) })
	case "start request":
		ask(check(genetlink.Dial(nil)))
		measure.FirstReply()
	case "inflight batch":
		inflight()
	case "dump objects":
		conn := check(rtnetlink.Dial(nil))
		measure.Dump(func() int { return len(check(conn.Route.List())) })
	case "links objects":
		conn := check(rtnetlink.Dial(nil))
		measure.Dump(func() int { return len(check(conn.Link.List())) })
	case "routes one":
		routesOneByOne()
	case "routes batch":
		routesInBatches()
	case "events objects":
		listen()
	default:
		measure.NotOffered()
	}
}

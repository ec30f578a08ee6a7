/* A simulated device: who it is and what it answers. */
#include "devsim/device.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "devsim/options.h"

#define CONFIG_HEAD (sizeof(config_head) / sizeof(config_head[0]))
#define CONFIG_TAIL (sizeof(config_tail) / sizeof(config_tail[0]))
#define INTERFACE_LINES 3

/* The host name follows the head, interfaces and access lists come after. */
static const char *const config_head[] = {
	"Building configuration...",
	"",
	"Current configuration : 4096 bytes",
	"!",
	"version 15.7",
	"service timestamps debug datetime msec",
	"service timestamps log datetime msec",
	"no service password-encryption",
};

static const char *const config_tail[] = {
	"line con 0",   " logging synchronous",
	"line vty 0 4", " transport input ssh",
	"end",
};

static const char software[] =
	"Cisco IOS Software, IOSv Software (VIOS-ADVENTERPRISEK9-M), "
	"Version 15.7(3)M3, RELEASE SOFTWARE (fc2)";

static const char *const version_head[] = {
	software,
	"Technical Support: http://www.cisco.com/techsupport",
	"Copyright (c) 1986-2018 by Cisco Systems, Inc.",
	"Compiled Wed 01-Aug-18 16:45 by prod_rel_team",
	"",
	"",
	"ROM: Bootstrap program is IOSv",
	"",
};

static const char *const version_tail[] = {
	"System returned to ROM by reload",
	"System image file is \"flash0:/vios-adventerprisek9-m\"",
	"Last reload reason: Unknown reason",
	"",
	"This product contains cryptographic features and is subject to United",
	"States and local country laws governing import, export, transfer and",
	"use.",
	"",
	"Cisco IOSv (revision 1.0) with  with 460017K/62464K bytes of memory.",
};

static const char *const version_parts[] = {
	"4 Gigabit Ethernet interfaces",
	"DRAM configuration is 72 bits wide with parity disabled.",
	"256K bytes of non-volatile configuration memory.",
	"2097152K bytes of ATA System CompactFlash 0 (Read/Write)",
	"0K bytes of ATA CompactFlash 1 (Read/Write)",
	"",
	"",
	"",
	"Configuration register is 0x0",
};

/* Line is an array of DEVICE_LINE_MAX. */
#define PUT(line, ...) ((void)snprintf(line, DEVICE_LINE_MAX, __VA_ARGS__))

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define VERSION_LINES                                                          \
	(COUNT(version_head) + COUNT(version_tail) + COUNT(version_parts) + 2)

void device_init(struct device *dev, const struct options *opts, uint32_t index)
{
	uint32_t number = (uint32_t)opts->first + index;
	struct in_addr address = {htonl(opts->base_address + index)};

	*dev = (struct device){
		.opts = opts,
		.random = opts->seed * 1000003 + number,
		.started_us = mono_us(),
		.number = number,
		.fault = opts->faults[index],
	};
	(void)snprintf(dev->hostname, sizeof(dev->hostname), "R%" PRIu32,
		       number);
	(void)inet_ntop(AF_INET, &address, dev->address, sizeof(dev->address));
}

/* splitmix64 */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

int64_t device_delay(struct device *dev, uint64_t ms)
{
	uint64_t jitter_ms = dev->opts->jitter_ms;

	if (jitter_ms > 0)
		ms += next_random(&dev->random) % (jitter_ms + 1);
	return (int64_t)ms; /* a day and a day at most */
}

int64_t device_connect_delay(struct device *dev)
{
	int64_t slow_ms =
		dev->fault == FAULT_SLOW ? (int64_t)dev->opts->slow_ms : 0;

	return device_delay(dev, dev->opts->connect_ms) + slow_ms;
}

static void clock_line(char line[DEVICE_LINE_MAX])
{
	int64_t now_us = real_us();
	time_t seconds = (time_t)(now_us / 1000000);
	struct tm utc;
	char time[16], date[32];

	(void)gmtime_r(&seconds, &utc);
	(void)strftime(time, sizeof(time), "%H:%M:%S", &utc);
	(void)strftime(date, sizeof(date), "%a %b %-d %Y", &utc);
	PUT(line, "*%s.%03d UTC %s", time, (int)(now_us / 1000 % 1000), date);
}

static void interface_line(const struct device *dev, size_t i,
			   char line[DEVICE_LINE_MAX])
{
	size_t number = i / INTERFACE_LINES;

	switch (i % INTERFACE_LINES) {
	case 0:
		PUT(line, "interface Loopback%zu", number);
		break;
	case 1:
		PUT(line, " description %s loopback %zu", dev->hostname,
		    number);
		break;
	default:
		PUT(line, " ip address 10.%zu.%zu.%zu 255.255.255.255",
		    number >> 16 & 255, number >> 8 & 255, number & 255);
		break;
	}
}

/* One line in four is of an interface, up to 4095; the rest are of a list. */
static void config_middle_line(const struct device *dev, size_t i, size_t count,
			       char line[DEVICE_LINE_MAX])
{
	size_t interfaces = count / 4 < 4095 ? count / 4 : 4095;

	interfaces -= interfaces % INTERFACE_LINES;
	if (i < interfaces)
		interface_line(dev, i, line);
	else
		PUT(line,
		    "access-list 100 permit ip host 10.%zu.%zu.%zu any log "
		    "entry-%zu",
		    i >> 16 & 255, i >> 8 & 255, i & 255, i);
}

static void config_line(const struct device *dev, size_t i,
			char line[DEVICE_LINE_MAX])
{
	size_t tail = (size_t)dev->opts->config_lines - CONFIG_TAIL;

	if (i < CONFIG_HEAD)
		PUT(line, "%s", config_head[i]);
	else if (i == CONFIG_HEAD)
		PUT(line, "hostname %s", dev->hostname);
	else if (i < tail)
		config_middle_line(dev, i - CONFIG_HEAD - 1,
				   tail - CONFIG_HEAD - 1, line);
	else
		PUT(line, "%s", config_tail[i - tail]);
}

static void inventory_line(const struct device *dev, size_t i,
			   char line[DEVICE_LINE_MAX])
{
	if (i == 0)
		PUT(line,
		    "NAME: \"IOSv\", DESCR: \"IOSv chassis, Hw Serial#: "
		    "9%07" PRIX32 ", Hw Revision: 1.0\"",
		    dev->number);
	else
		PUT(line, "PID: IOSv              , VID: 1.0, SN: 9%07" PRIX32,
		    dev->number);
}

static void brief_line(const struct device *dev, size_t i,
		       char line[DEVICE_LINE_MAX])
{
	static const char row[] = "%-27s%-16sYES %-6s %-21s %s";
	static const char *const down = "administratively down";
	char name[48];

	if (i == 0) {
		PUT(line, "%-27s%-16s%s %-6s %-21s %s", "Interface",
		    "IP-Address", "OK?", "Method", "Status", "Protocol");
		return;
	}
	(void)snprintf(name, sizeof(name), "GigabitEthernet0/%zu", i - 1);
	if (i == 1)
		PUT(line, row, name, dev->address, "NVRAM", "up", "up");
	else
		PUT(line, row, name, "unassigned", "NVRAM", down, "down");
}

static void users_line(const struct device *dev, size_t i, const char *from,
		       char line[DEVICE_LINE_MAX])
{
	if (i == 0)
		PUT(line, "    Line       User       Host(s)              "
			  "Idle       Location");
	else
		PUT(line,
		    "*  1 vty 0     %-10.32s idle                 "
		    "00:00:00 %s",
		    dev->opts->user, from);
}

static void uptime_line(const struct device *dev, char line[DEVICE_LINE_MAX])
{
	int64_t minutes = (mono_us() - dev->started_us) / 60000000;

	PUT(line, "%s uptime is %" PRId64 " hours, %" PRId64 " minutes",
	    dev->hostname, minutes / 60, minutes % 60);
}

static void version_line(const struct device *dev, size_t i,
			 char line[DEVICE_LINE_MAX])
{
	size_t tail = COUNT(version_head) + 1;
	size_t parts = tail + COUNT(version_tail) + 1;

	if (i < COUNT(version_head))
		PUT(line, "%s", version_head[i]);
	else if (i == COUNT(version_head))
		uptime_line(dev, line);
	else if (i < parts - 1)
		PUT(line, "%s", version_tail[i - tail]);
	else if (i == parts - 1)
		PUT(line, "Processor board ID 9%07" PRIX32, dev->number);
	else
		PUT(line, "%s", version_parts[i - parts]);
}

size_t device_lines(const struct device *dev, enum show show)
{
	switch (show) {
	case SHOW_CLOCK:
	case SHOW_COUNTER:
		return 1;
	case SHOW_CONFIG:
		return (size_t)dev->opts->config_lines;
	case SHOW_INVENTORY:
	case SHOW_USERS:
		return 2;
	case SHOW_IP_BRIEF:
		return 5;
	case SHOW_VERSION:
		return VERSION_LINES;
	}
	return 0;
}

void device_line(const struct device *dev, enum show show, size_t i,
		 const char *from, char line[DEVICE_LINE_MAX])
{
	switch (show) {
	case SHOW_CLOCK:
		clock_line(line);
		break;
	case SHOW_CONFIG:
		config_line(dev, i, line);
		break;
	case SHOW_COUNTER:
		PUT(line, "commands: %" PRIu64, dev->commands);
		break;
	case SHOW_INVENTORY:
		inventory_line(dev, i, line);
		break;
	case SHOW_IP_BRIEF:
		brief_line(dev, i, line);
		break;
	case SHOW_USERS:
		users_line(dev, i, from, line);
		break;
	case SHOW_VERSION:
		version_line(dev, i, line);
		break;
	}
}

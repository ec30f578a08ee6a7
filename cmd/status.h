/* Exit statuses; 128 and the signal's number when one ended the run. */
#ifndef NETFAN_CMD_STATUS_H
#define NETFAN_CMD_STATUS_H

enum status {
	STATUS_OK = 0, /* every device answered */
	STATUS_SOME = 1, /* some device failed */
	STATUS_USAGE = 2, /* usage, inventory or environment */
	STATUS_ALL = 3, /* every device failed */
	STATUS_STOPPED = 4, /* a password was refused: others were skipped */
	STATUS_OUTPUT = 5, /* results could not be written, or recorded */
	STATUS_NOT_RUN = 6, /* another run was under way */
	STATUS_SIGNAL = 128, /* and the signal */
};

#endif

"""The workstation that ldfleet itself runs on."""

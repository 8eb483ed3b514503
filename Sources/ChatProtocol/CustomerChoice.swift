/// What a customer may do instead of waiting, or instead of going on to wait.
public enum CustomerChoice: String, Hashable, Sendable, CaseIterable {
    /// Go on waiting; his place is kept.
    case wait
    /// Leave a message and go.
    case message
    /// Talk to the robot.
    case robot
}
